import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedImage, FaceNet, type ImageSource } from "../src/index.ts";
import { codeDistance, squaredL2 } from "../src/metric/distance.ts";
import { landmarkPoints } from "../src/schemas/face.ts";
import { GOLDEN_MODEL, readGolden } from "./golden/golden.ts";
import { sampleFaces, sampleNames, samplePhotograph } from "./sample-photographs.ts";

/**
 * Processors and versions of ONNX Runtime sum in different order, and versions of libjpeg or sharp may round a pixel differently;
 * the recorded vectors are rounded, too (4e-7). Relevant changes move the embeddings much more: half a pixel in the alignment by
 * 1.3e-2 to 3.3e-2, measured on these photographs. Boxes are 150 to 230 pixels wide: one pixel is within what a differently
 * rounded grey level may move them (0.9 measured).
 */
const PIXELS = 1;
const DISTANCE = 1e-3;

let facenet: FaceNet;
beforeAll(async () => {
  facenet = await FaceNet.load({ model: GOLDEN_MODEL, threads: 2 });
});
afterAll(() => facenet.dispose());

const furthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));

/** From left to right, because equally certain faces may change places. */
const inPlace = <F extends { readonly box: { readonly x: number } }>(faces: readonly F[]): F[] =>
  faces.toSorted((a, b) => a.box.x - b.box.x);

/** Largest distance between embeddings of corresponding faces; infinite if their numbers differ. */
const apart = (a: EmbeddedImage, b: EmbeddedImage): number => {
  if (a.faces.length !== b.faces.length) return Number.POSITIVE_INFINITY;
  const others = inPlace(b.faces);
  return Math.max(...inPlace(a.faces).map(({ embedding }, i) => squaredL2(embedding.vector, others[i]?.embedding.vector ?? [])));
};

describe.each(sampleNames)("%s", (name) => {
  it("reproduces the recorded boxes, landmarks and embeddings", async () => {
    const golden = readGolden(name);
    const { width, height, faces } = await facenet.embed(samplePhotograph(name));
    expect([golden.model, golden.detector]).toEqual([facenet.model.id, facenet.detector.id]);
    expect([width, height, faces.length]).toEqual([golden.width, golden.height, sampleFaces[name]]);
    expect(golden.faces).toHaveLength(faces.length);
    for (const expected of golden.faces) {
      // Equally certain faces may change places.
      const [x, y] = expected.box as [number, number];
      const face = faces.find(({ box }) => Math.hypot(box.x - x, box.y - y) < 10);
      if (!face) throw new Error(`no face at ${x}, ${y}`);
      const { box, landmarks, confidence, embedding } = face;
      expect(furthest([box.x, box.y, box.width, box.height], expected.box)).toBeLessThan(PIXELS);
      expect(
        furthest(
          landmarkPoints(landmarks).flatMap((p) => [p.x, p.y]),
          expected.landmarks.flat(),
        ),
      ).toBeLessThan(PIXELS);
      expect(confidence).toBeCloseTo(expected.confidence, 2);
      expect(squaredL2(embedding.vector, expected.vector)).toBeLessThan(DISTANCE);
      expect(codeDistance(embedding.code, new Int8Array(Buffer.from(expected.code, "base64")))).toBeLessThan(2 * DISTANCE);
    }
  });
});

describe("one photograph", () => {
  const path = samplePhotograph("sample2");

  it("has the same embedding from a path, bytes, raw pixels, as PNG and stored on its side", async () => {
    const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
    const turned = await sharp(path).rotate(-90).png().toBuffer();
    const jpeg = await sharp(path).toBuffer();
    const sources: ImageSource[] = [
      await sharp(path).png().toBuffer(),
      { data, width: info.width, height: info.height, channels: 3 },
      await sharp(turned).withMetadata({ orientation: 6 }).png().toBuffer(),
      new Blob([Uint8Array.from(jpeg)]),
      jpeg,
    ];
    const expected = await facenet.embed(path);
    const [png, raw, upright, blob, bytes] = await Promise.all(sources.map((source) => facenet.embed(source)));
    expect(apart(raw as EmbeddedImage, png as EmbeddedImage)).toBeLessThan(1e-9); // pixel for pixel
    expect(apart(raw as EmbeddedImage, upright as EmbeddedImage)).toBeLessThan(5e-3); // reduced along its other side
    expect(apart(expected, raw as EmbeddedImage)).toBeLessThan(5e-3); // JPEG is decoded at a smaller scale
    expect(apart(blob as EmbeddedImage, bytes as EmbeddedImage)).toBeLessThan(1e-9);
    expect(apart(expected, bytes as EmbeddedImage)).toBeLessThan(2e-2); // compressed a second time
  });

  it("has the same embedding alone and in a batch, on one thread and on two", async () => {
    const paths = sampleNames.map(samplePhotograph);
    const one = await FaceNet.load({ model: GOLDEN_MODEL, threads: 1 });
    try {
      const batches = [await Array.fromAsync(facenet.embed(paths)), await Array.fromAsync(one.embed(paths))];
      for (const [i, source] of paths.entries()) {
        const alone = await facenet.embed(source);
        for (const batch of batches) {
          const item = batch[i];
          if (!item?.ok) throw new Error(`${source} failed in the batch`);
          expect(apart(alone, item.value)).toBeLessThan(1e-5);
          expect(item.value.faces.map(({ box }) => box)).toEqual(alone.faces.map(({ box }) => box));
        }
      }
    } finally {
      await one.dispose();
    }
  });
});
