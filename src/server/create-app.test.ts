import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { samplePortrait } from "../../test/sample-photographs.ts";
import { createTestApp, type TestApp } from "../../test/server/test-app.ts";
import { FaceNetError } from "../errors.ts";
import { DetectedImage } from "../schemas/face.ts";
import { Verdict } from "../schemas/verdict.ts";

let test: TestApp;
let photograph: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  test = await createTestApp();
  photograph = new Uint8Array(await readFile(await samplePortrait()));
});
afterAll(() => test.dispose());

const jpeg = { "content-type": "image/jpeg" };
const request = (path: string, init?: RequestInit) => test.app.request(path, init);

async function form(
  files: Readonly<Record<string, readonly Uint8Array<ArrayBuffer>[]>>,
  fields: Readonly<Record<string, string>> = {},
) {
  const body = new FormData();
  for (const [name, parts] of Object.entries(files)) {
    for (const [i, bytes] of parts.entries()) body.append(name, new Blob([bytes]), `${name}-${i}.jpg`);
  }
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return { method: "POST", body };
}

describe("a photograph", () => {
  it("can be the whole body", async () => {
    const answer = await request("/v1/detect?minFaceSize=80", { method: "POST", body: photograph, headers: jpeg });
    const { photographs } = (await answer.json()) as { photographs: unknown[] };
    expect(answer.status).toBe(200);
    expect(photographs.map((record) => DetectedImage.parse(record).faces.length)).toEqual([1]);
  });

  it("can be one of several in a form with options; a failed one becomes an error record", async () => {
    const broken = new Uint8Array([1, 2, 3]);
    const answer = await request("/v1/embed", await form({ images: [photograph, broken] }, { flip: "true", faces: "largest" }));
    const { photographs } = (await answer.json()) as {
      photographs: [{ faces: { embedding: { vector: number[]; code: string } }[] }, unknown];
    };
    const [first, second] = photographs;
    expect(first.faces.map(({ embedding }) => embedding.vector.length)).toEqual([128]);
    expect(Buffer.from(first.faces[0]?.embedding.code ?? "", "base64")).toHaveLength(128);
    expect(second).toEqual({
      image: "images-1.jpg",
      error: { code: "IMAGE_UNKNOWN_FORMAT", message: expect.stringMatching(/^not a supported/) },
    });
  });

  it("fails the request if it is the only one, with the library's code and a matching status", async () => {
    const answer = await request("/v1/detect", { method: "POST", body: "no photograph", headers: jpeg });
    expect([answer.status, await answer.json()]).toEqual([
      415,
      { error: { code: "IMAGE_UNKNOWN_FORMAT", message: expect.any(String), requestId: answer.headers.get("x-request-id") } },
    ]);
  });

  it("with too many pixels is rejected before it is decoded", async () => {
    const { app, dispose } = await createTestApp({ settings: { maxPixels: 1000 } });
    const answer = await app.request("/v1/detect", { method: "POST", body: photograph, headers: jpeg });
    expect([answer.status, await answer.json()]).toMatchObject([413, { error: { code: "IMAGE_TOO_LARGE" } }]);
    await dispose();
  });
});

it("two photographs are verified", async () => {
  const answer = await request("/v1/verify", await form({ left: [photograph], right: [photograph] }, { far: "1e-4" }));
  const verdict = Verdict.parse(await answer.json());
  expect([verdict.verified, verdict.distance, verdict.falseAcceptRate]).toEqual([true, 0, 1e-4]);
});

describe("a file on the server", () => {
  it.each([
    [
      "in JSON",
      "/v1/detect",
      { method: "POST", body: '{"images":["/etc/passwd"]}', headers: { "content-type": "application/json" } },
    ],
    ["in the address", "/v1/detect?images=/etc/passwd", { method: "POST", body: "x", headers: jpeg }],
    ["as model", "/v1/detect?model=/etc/passwd", { method: "POST", body: "x", headers: jpeg }],
    ["as gallery", "/v1/detect?gallery=/etc/passwd", { method: "POST", body: "x", headers: jpeg }],
    ["as address", "/v1/../../../etc/passwd", {}],
    ["as a page", "/docs/..%2f..%2fpackage.json", {}],
  ])("cannot be named %s", async (_, path, init) => {
    const answer = await request(path, init);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(await answer.text()).not.toContain("root:");
  });
});

describe("a wrong request", () => {
  it.each([
    ["/v1/nothing", {}, 404, "ROUTE_NOT_FOUND"],
    ["/v1/models/none", {}, 404, "MODEL_NOT_FOUND"],
    ["/v1/detect", { method: "POST" }, 400, "OPTION_INVALID"],
    ["/v1/detect", { method: "POST", body: "x", headers: { "content-type": "text/html" } }, 415, "REQUEST_MEDIA_TYPE"],
    ["/v1/detect?minFaceSize=tiny", { method: "POST", body: "x", headers: jpeg }, 400, "OPTION_INVALID"],
    ["/v1/detect?colour=red", { method: "POST", body: "x", headers: jpeg }, 400, "OPTION_INVALID"],
    ["/v1/detect", { method: "POST", body: "", headers: jpeg }, 422, "IMAGE_EMPTY"],
    ["/v1/verify", { method: "POST", body: "x", headers: jpeg }, 415, "REQUEST_MEDIA_TYPE"],
  ])("%s %j is answered with %i %s", async (path, init, status, code) => {
    const answer = await request(path, init);
    expect([answer.status, await answer.json()]).toMatchObject([status, { error: { code } }]);
  });

  it("caused by the server reveals only its code", async () => {
    const failing = async () => {
      throw new FaceNetError("MODEL_FILE_MISSING", { model: "m", file: "/home/anna/m.onnx" });
    };
    const { app, dispose } = await createTestApp({ facenet: failing });
    const answer = await app.request("/v1/detect", { method: "POST", body: photograph, headers: jpeg });
    const text = await answer.text();
    expect([answer.status, text]).toEqual([500, expect.stringContaining("MODEL_FILE_MISSING")]);
    expect(text).not.toContain("anna");
    await dispose();
  });
});

it("a stopping server accepts no work and reports that it is not ready", async () => {
  const { app, dispose } = await createTestApp({ isStopping: () => true, obstacle: async () => "the server is about to stop" });
  const answer = await app.request("/v1/models");
  expect([answer.status, answer.headers.get("retry-after"), await answer.json()]).toMatchObject([
    503,
    "1",
    { error: { code: "SERVER_STOPPING" } },
  ]);
  expect([(await app.request("/health")).status, (await app.request("/ready")).status]).toEqual([200, 503]);
  await dispose();
});

it("every response has a CSP without third-party and inline content", async () => {
  for (const path of ["/health", "/docs", "/openapi.json", "/v1/nothing"]) {
    const { headers } = await request(path);
    expect(headers.get("content-security-policy"), path).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get("content-security-policy"), path).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get("x-content-type-options"), path).toBe("nosniff");
  }
});

describe("the API reference", () => {
  it("shows every path of the document without third-party content", async () => {
    const page = await (await request("/docs")).text();
    const document = (await (await request("/openapi.json")).json()) as { paths: Record<string, unknown> };
    expect(Object.keys(document.paths)).toContain("/v1/verify");
    for (const path of Object.keys(document.paths)) expect(page).toContain(`<code>${path}</code>`);
    expect(page).not.toMatch(/<script|style=|https?:|\son\w+=/i);
    expect((await request("/docs/style.css")).headers.get("content-type")).toMatch(/^text\/css/);
  });
});
