/** The shapes that CompreFace and deepface document, field by field. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { samplePortrait } from "../../../test/sample-photographs.ts";
import { createTestApp, type TestApp } from "../../../test/server/test-app.ts";
import { similarityOf } from "./compreface.ts";

let folder: string;
let test: TestApp;
let photograph: Buffer<ArrayBuffer>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "facenet-adapters-"));
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
  await rm(folder, { recursive: true });
});

function form(files: Readonly<Record<string, Buffer<ArrayBuffer>>>): FormData {
  const body = new FormData();
  for (const [name, bytes] of Object.entries(files)) body.append(name, new Blob([bytes]), `${name}.jpg`);
  return body;
}

describe("CompreFace's recognize", () => {
  const path = "/api/v1/recognition/recognize";

  it("has its fields, and 0.5 where our threshold is", async () => {
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
          subjects: [{ subject: "Anna", similarity: 1 }],
          landmarks: Array.from({ length: 5 }, () => [expect.any(Number), expect.any(Number)]),
          execution_time: { total: expect.any(Number) },
        },
      ],
      plugins_versions: { detector: "retinaface.mobilenet-025", calculator: "sface.opencv-128" },
    });
    expect([similarityOf(0, 1.2), similarityOf(1.2, 1.2), similarityOf(4, 1.2)]).toEqual([1, 0.5, 0]);
  });

  it("without a photograph, or with none in it, is refused", async () => {
    expect((await test.app.request(path, { method: "POST", body: form({}) })).status).toBe(400);
    expect((await test.app.request(path, { method: "POST", body: form({ file: Buffer.from("x") }) })).status).toBe(415);
  });
});

describe("deepface's verify", () => {
  const ask = (body: unknown) =>
    test.app.request("/verify", { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });

  it("has its fields", async () => {
    const img = `data:image/jpeg;base64,${photograph.toString("base64")}`;
    const area = { x: expect.any(Number), y: expect.any(Number), w: expect.any(Number), h: expect.any(Number) };
    const eyes = { left_eye: [expect.any(Number), expect.any(Number)], right_eye: [expect.any(Number), expect.any(Number)] };
    const answer = (await (await ask({ img1: img, img2: img })).json()) as { facial_areas: { img1: typeof eyes } };
    expect(answer).toEqual({
      verified: true,
      distance: 0,
      threshold: expect.any(Number),
      confidence: 100,
      model: "sface.opencv-128",
      detector_backend: "retinaface.mobilenet-025",
      similarity_metric: "cosine",
      distance_metric: "cosine",
      facial_areas: { img1: { ...area, ...eyes }, img2: { ...area, ...eyes } },
      time: expect.any(Number),
    });
    const { left_eye: left, right_eye: right } = answer.facial_areas.img1;
    expect(left[0]).toBeGreaterThan(right[0] as unknown as number);
  });

  it("takes a form too, and gives the metric that was asked for", async () => {
    const body = form({ img1: photograph, img2: photograph });
    body.append("distance_metric", "euclidean_l2");
    const answer = (await (await test.app.request("/verify", { method: "POST", body })).json()) as { threshold: number };
    expect(answer.threshold).toBeCloseTo(Math.sqrt(1.2318), 4);
  });

  it.each(["/etc/../passwd.jpg", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "data:text/html;base64,AAAA"])(
    "opens nothing for a client: %s",
    async (img) => {
      const answer = await ask({ img1: img, img2: img });
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: "REQUEST_INVALID" } }]);
    },
  );
});
