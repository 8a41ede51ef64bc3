import { openAsBlob } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { samplePhotograph } from "../../test/sample-photographs.ts";
import { createTestApp, type TestApp } from "../../test/server/test-app.ts";
import { routes } from "../server/routes.ts";
import { calls } from "./calls.ts";
import { type Client, createClient } from "./create-client.ts";

let test: TestApp;
let client: Client;
let photograph: Blob;
beforeAll(async () => {
  test = await createTestApp();
  client = createClient({ url: "http://localhost", fetch: async (url, init) => test.app.request(String(url), init) });
  photograph = await openAsBlob(samplePhotograph("sample2"));
});
afterAll(() => test.dispose());

it("has a call for every address that is an operation, with the same photographs", () => {
  const shape = ({ method, path, photographs = [] }: { method: string; path: string; photographs?: readonly string[] }) =>
    `${method} ${path} ${photographs.join(",")}`;
  expect(Object.values(calls).map(shape).sort()).toEqual(routes.map(shape).sort());
});

describe("a call", () => {
  it("sends photographs and options and gives the answer with its types", async () => {
    const { verified, distance } = await client.verify({ left: photograph, right: photograph, far: 1e-4, faces: "largest" });
    expect([verified, distance]).toEqual([true, 0]);
    const { photographs } = await client.embed({ images: [photograph, photograph], flip: true });
    const vectors = photographs.map((one) => ("faces" in one ? one.faces[0]?.embedding.vector : undefined));
    expect(vectors.map((vector) => vector?.length)).toEqual([128, 128]);
  });

  it("puts fields into the address where they belong", async () => {
    expect(await client.model({ id: "mobilefacenet.facenet-128" })).toMatchObject({ task: "embedding" });
    expect(await client.models({})).toHaveProperty("models");
  });

  it("that is refused throws what the service said", async () => {
    await expect(client.model({ id: "a/b?c" })).rejects.toMatchObject({ code: "MODEL_NOT_FOUND", status: 404 });
    await expect(client.detect({ images: [new Blob(["x"])] })).rejects.toMatchObject({
      code: "IMAGE_UNKNOWN_FORMAT",
      status: 415,
    });
  });

  it("understands what is in between and speaks no JSON", async () => {
    const proxy = createClient({
      url: "http://localhost",
      fetch: async () => new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "retry-after": "7" } }),
    });
    await expect(proxy.models({})).rejects.toMatchObject({ status: 502, retryAfterSeconds: 7 });
  });
});
