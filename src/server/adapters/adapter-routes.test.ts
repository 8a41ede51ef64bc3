/** Responses of the CompreFace and deepface adapters, field by field as documented there. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { samplePortrait } from "../../../test/sample-photographs.ts";
import { createTestApp, type TestApp } from "../../../test/server/test-app.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { locateModel } from "../../models/model-store.ts";
import { similarityOf } from "./compreface-faces.ts";
import { inMetric, Metric, squaredL2Of } from "./deepface-options.ts";

let folder: string;
let test: TestApp;
let photograph: Buffer<ArrayBuffer>;
beforeAll(async () => {
  folder = await temporaryFolder("adapters");
  const settings = {
    model: "sface.opencv-128",
    detector: "retinaface.mobilenet-025",
    gallery: join(folder, "gallery.db"),
    photographsFolder: join(folder, "photographs"),
  };
  test = await createTestApp({ settings });
  photograph = await readFile(await samplePortrait());
  const body = form({ images: photograph });
  body.append("name", "Anna");
  expect((await test.app.request("/v1/people", { method: "POST", body })).status).toBe(201);
});
afterAll(async () => {
  await test.dispose();
});

function form(files: Readonly<Record<string, Buffer<ArrayBuffer>>>): FormData {
  const body = new FormData();
  for (const [name, bytes] of Object.entries(files)) body.append(name, new Blob([bytes]), `${name}.jpg`);
  return body;
}

describe("CompreFace's recognize", () => {
  const path = "/api/v1/recognition/recognize";

  it("returns its fields, with similarity 0.5 at our threshold", async () => {
    const answer = await test.app.request(`${path}?limit=1&prediction_count=2&status=true&face_plugins=landmarks`, {
      method: "POST",
      body: form({ file: photograph }),
    });
    expect(await answer.json()).toEqual({
      result: [
        {
          box: {
            probability: expect.any(Number),
            x_max: expect.any(Number),
            y_max: expect.any(Number),
            x_min: expect.any(Number),
            y_min: expect.any(Number),
          },
          subjects: [{ subject: "Anna", similarity: expect.closeTo(1, 3) }],
          landmarks: Array.from({ length: 5 }, () => [expect.any(Number), expect.any(Number)]),
          execution_time: { total: expect.any(Number) },
        },
      ],
      plugins_versions: { detector: "retinaface.mobilenet-025", calculator: "sface.opencv-128" },
    });
    expect([similarityOf(0, 1.2), similarityOf(1.2, 1.2), similarityOf(4, 1.2)]).toEqual([1, 0.5, 0]);
  });

  it("returns errors in its own format, with its statuses", async () => {
    const ask = async (body: FormData, headers = {}) => {
      const answer = await test.app.request(path, { method: "POST", body, headers });
      return [answer.status, await answer.json()];
    };
    expect(await ask(form({}))).toEqual([400, { message: "Required part 'file' is not present", code: 34 }]);
    expect(await ask(form({ file: Buffer.from("x") }))).toMatchObject([400, { code: 21 }]);
    expect(await ask(form({ file: photograph }), { "x-api-key": "x" })).toMatchObject([404, { code: 10 }]);
  });
});

describe("deepface's REST API", { timeout: 60_000 }, () => {
  const ask = async (path: string, body: unknown) => {
    const init = { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const answer = await test.app.request(path, init);
    // biome-ignore lint/suspicious/noExplicitAny: answers of another's schema
    return [answer.status, await answer.json()] as [number, any];
  };
  const dataUri = () => `data:image/jpeg;base64,${photograph.toString("base64")}`;
  const area = { x: expect.any(Number), y: expect.any(Number), w: expect.any(Number), h: expect.any(Number) };
  const eye = [expect.any(Number), expect.any(Number)];

  it("verify returns its fields", async () => {
    const img = dataUri();
    const [status, answer] = await ask("/verify", { model_name: "Facenet", detector_backend: "mtcnn", img1: img, img2: img });
    expect([status, answer]).toEqual([
      200,
      {
        verified: true,
        distance: 0,
        threshold: expect.any(Number),
        confidence: 100,
        model: "sface.opencv-128",
        detector_backend: "retinaface.mobilenet-025",
        similarity_metric: "cosine",
        facial_areas: { img1: { ...area, left_eye: eye, right_eye: eye }, img2: { ...area, left_eye: eye, right_eye: eye } },
        time: expect.any(Number),
      },
    ]);
    const { left_eye: left, right_eye: right } = answer.facial_areas.img1;
    expect(left[0]).toBeGreaterThan(right[0]);
  });

  it.each([
    ["cosine", (squared: number) => squared / 2],
    ["euclidean", Math.sqrt],
    ["euclidean_l2", Math.sqrt],
    ["angular", (squared: number) => Math.acos(1 - squared / 2) / Math.PI],
  ])("verify by %s, with files of a form", async (metric, of) => {
    const body = form({ img1: photograph, img2: photograph });
    body.append("distance_metric", metric);
    const answer = (await (await test.app.request("/verify", { method: "POST", body })).json()) as { threshold: number };
    const { manifest } = await locateModel("embedding");
    const squared = manifest.thresholds.find(({ far }) => far === 1e-3)?.distance as number;
    expect(answer.threshold).toBeCloseTo(of(squared), 4);
  });

  it("represent accepts data URIs in forms and returns the largest faces first", async () => {
    const body = new FormData();
    body.append("img", dataUri());
    body.append("max_faces", "1");
    const answer = await test.app.request("/represent", { method: "POST", body });
    const { results } = (await answer.json()) as {
      results: { embedding: number[]; facial_area: unknown; face_confidence: number }[];
    };
    expect(results).toEqual([
      {
        embedding: expect.any(Array),
        facial_area: { ...area, left_eye: eye, right_eye: eye },
        face_confidence: expect.any(Number),
      },
    ]);
    expect(results[0]?.embedding).toHaveLength(128);
  });

  it("rejects a photograph without a face unless enforce_detection is false", async () => {
    const blank = await sharp({ create: { width: 200, height: 300, channels: 3, background: "green" } })
      .jpeg()
      .toBuffer();
    const img = `data:image/jpeg;base64,${blank.toString("base64")}`;
    expect(await ask("/represent", { img })).toEqual([400, { error: expect.stringContaining("no face") }]);
    expect(await ask("/represent", { img, enforce_detection: false })).toEqual([
      200,
      {
        results: [
          {
            embedding: expect.any(Array),
            facial_area: { x: 0, y: 0, w: 200, h: 300, left_eye: null, right_eye: null },
            face_confidence: 0,
          },
        ],
      },
    ]);
  });

  it("rejects what is not supported: anti-spoofing, unaligned faces, analyze", async () => {
    const img = dataUri();
    expect(await ask("/represent", { img, anti_spoofing: true })).toEqual([
      400,
      { error: expect.stringContaining("anti_spoofing") },
    ]);
    expect(await ask("/verify", { img1: img, img2: img, align: false })).toEqual([
      400,
      { error: expect.stringContaining("align") },
    ]);
    const actions = ["age", "gender", "emotion", "race"];
    expect(await ask("/analyze", { img, actions })).toEqual([400, { error: expect.stringContaining("not supported") }]);
  });

  it("registers and searches", async () => {
    const img = dataUri();
    expect(await ask("/register", { img, img_name: "Anna" })).toEqual([200, { inserted: 1 }]);
    expect(await ask("/build/index", {})).toEqual([200, { message: "Index built successfully" }]);
    const [status, { results }] = await ask("/search", { img, distance_metric: "angular", k: 1 });
    expect([status, results]).toEqual([
      200,
      [
        [
          expect.objectContaining({
            img_name: "Anna",
            distance: expect.closeTo(0, 2),
            confidence: expect.any(Number),
            distance_metric: "angular",
            search_method: "exact",
          }),
        ],
      ],
    ]);
    expect(await ask("/register", {})).toEqual([400, { exception: expect.stringContaining("'img' not found") }]);
  });

  it.each(["/etc/../passwd.jpg", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "data:text/html;base64,AAAA"])(
    "opens nothing for a client: %s",
    async (img) => {
      expect(await ask("/verify", { img1: img, img2: img })).toEqual([400, { error: expect.stringContaining("not opened") }]);
    },
  );
});

it("distances convert to every metric of deepface and back", () => {
  for (const metric of Metric.options)
    for (const distance of [0, 0.3, 1.2, 2, 3.9])
      expect(squaredL2Of(inMetric(distance, metric), metric)).toBeCloseTo(distance, 6);
});
