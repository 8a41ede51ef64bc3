import { openAsBlob } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { samplePortrait } from "../../test/sample-photographs.ts";
import { createTestApp, type TestApp } from "../../test/server/test-app.ts";
import { type Client, createClient } from "./create-client.ts";

let test: TestApp;
let client: Client;
let photograph: Blob;
beforeAll(async () => {
  test = await createTestApp();
  client = createClient({ url: "http://localhost", fetch: async (url, init) => test.app.request(String(url), init) });
  photograph = await openAsBlob(await samplePortrait());
});
afterAll(() => test.dispose());

describe("a call", () => {
  it("sends photographs and options and returns a typed answer", async () => {
    const { verified, distance } = await client.verify({ left: photograph, right: photograph, fmr: 1e-4, faces: "largest" });
    expect([verified, distance]).toEqual([true, 0]);
    const { photographs } = await client.embed({ images: [photograph, photograph], flip: true });
    const vectors = photographs.map((one) => ("faces" in one ? one.faces[0]?.embedding.vector : undefined));
    expect(vectors.map((vector) => vector?.length)).toEqual([128, 128]);
  });

  it("puts path and query fields into the URL", async () => {
    expect(await client.model({ id: "sface.opencv-128" })).toMatchObject({ task: "embedding" });
    expect(await client.models({})).toHaveProperty("models");
  });

  it("throws the service's error when it is refused", async () => {
    await expect(client.model({ id: "a/b?c" })).rejects.toMatchObject({ code: "MODEL_NOT_FOUND", status: 404 });
    await expect(client.detect({ images: [new Blob(["x"])] })).rejects.toMatchObject({
      code: "IMAGE_UNKNOWN_FORMAT",
      status: 415,
    });
  });

  it("throws a ServiceError for a proxy's response without JSON", async () => {
    const proxy = createClient({
      url: "http://localhost",
      fetch: async () => new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "retry-after": "7" } }),
    });
    await expect(proxy.models({})).rejects.toMatchObject({ status: 502, retryAfterSeconds: 7 });
  });
});

describe("events", () => {
  const service = (parts: readonly string[]) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    return createClient({ url: "", fetch: async () => new Response(body) });
  };

  it("are yielded one by one, also when split across chunks or lines", async () => {
    const parts = ['event: job\ndata: {"id"', ':"a"}\n', '\nid: 1\ndata: {"id":\ndata: "b"}\n\n', ": comment\n\n"];
    const jobs = await Array.fromAsync(service(parts).watchJob({ id: "a" }));
    expect(jobs).toEqual([{ id: "a" }, { id: "b" }]);
  });

  it("throw the service's error for a job that does not exist", async () => {
    await expect(client.watchJob({ id: "none" }).next()).rejects.toMatchObject({ code: "NOT_FOUND", status: 404 });
  });
});

it("pictures are Blobs, metrics are text", async () => {
  await expect(client.thumbnail({ id: 1, size: 9999 })).rejects.toMatchObject({ code: "OPTION_INVALID", status: 400 });
  expect(await client.metrics({})).toContain("facenet_requests_total");
  expect(await client.access({})).toEqual({ keyNeeded: false, name: null, scope: "admin" });
});
