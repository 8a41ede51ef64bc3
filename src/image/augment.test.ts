import { describe, expect, it } from "vitest";
import type { RgbImage } from "../schemas/image-source.ts";
import { type Augmentation, augmentations } from "../schemas/training.ts";
import { type AugmentOptions, augmentFace } from "./augment.ts";

/** Red grows to the right, green downwards; blue is a dot in the middle. */
function picture(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      data[at] = 20 + Math.round((200 * x) / width);
      data[at + 1] = 20 + Math.round((200 * y) / height);
      data[at + 2] = Math.hypot(x - width / 2, y - height / 2) < width / 8 ? 255 : 60;
    }
  }
  return { data, width, height };
}

const plain: AugmentOptions = { width: 32, height: 32, augmentations: [], border: 0, random: () => 0.3 };

function sequence(...values: number[]): () => number {
  let at = 0;
  return () => values[at++ % values.length] as number;
}

const mean = (values: Uint8Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function meanDifference(a: RgbImage, b: RgbImage): number {
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - (b.data[i] as number)), 0) / a.data.length;
}

describe("augmentFace", () => {
  it("returns the picture unchanged without augmentations at the same size", async () => {
    const image = picture(32, 32);
    expect(await augmentFace(image, plain)).toEqual(image);
  });

  it("removes the border", async () => {
    const image = picture(40, 40);
    const { data } = await augmentFace(image, { ...plain, border: 0.1 });
    const expected = [4, 5, 6].map((x) => image.data[(4 * 40 + x) * 3]);
    expect([data[0], data[3], data[6]]).toEqual(expected);
  });

  it("mirrors half of the faces", async () => {
    const image = picture(32, 32);
    const [mirrored, kept] = [
      await augmentFace(image, { ...plain, augmentations: ["flip"], random: () => 0.49 }),
      await augmentFace(image, { ...plain, augmentations: ["flip"], random: () => 0.5 }),
    ];
    expect(kept).toEqual(image);
    expect(mirrored.data[0]).toBe(image.data[31 * 3]);
  });

  it("takes windows that stay within the picture, with a border and without", async () => {
    const white = { data: new Uint8Array(40 * 40 * 3).fill(255), width: 40, height: 40 };
    for (const border of [0, 0.1]) {
      for (const extreme of [
        [0.9, 0, 0, 0],
        [0.9, 0.999, 0.999, 0.999],
        [0.9, 0.999, 0, 0.999],
      ]) {
        const { data } = await augmentFace(white, { ...plain, border, augmentations: ["crop"], random: sequence(...extreme) });
        expect(Math.min(...data)).toBe(255); // beyond the edge it would be black
      }
    }
  });

  it("shifts and scales pictures without a border to the same extent, by repeating their edges", async () => {
    for (const [width, height] of [
      [64, 64],
      [48, 64],
    ] as const) {
      const [image, crop] = [picture(width, height), { ...plain, width, height, augmentations: ["crop"] as const }];
      const face = async (...draws: number[]) => augmentFace(image, { ...crop, random: sequence(0.9, ...draws) });
      const middle = await face(0.5, 0.5, 0.5);
      expect(meanDifference(middle, image)).toBeLessThan(0.5);
      const column = (x: number) => ({ at: (Math.round(height / 8) * width + x) * 3 }); // away from the dot
      const red = ({ data }: RgbImage, x: number) => data[column(x).at] as number;
      const right = await face(0.5, 0.999, 0.5);
      expect(red(right, 10) - red(image, 10)).toBeCloseTo(0.06 * 200, -0.5);
      expect(red(right, width - 1)).toBe(red(image, width - 1)); // the edge, repeated
      const larger = await face(0.999, 0.5, 0.5);
      expect(red(larger, width - 4) - red(larger, 3)).toBeGreaterThan(red(image, width - 4) - red(image, 3) + 3);
      const smaller = await face(0.001, 0.5, 0.5);
      expect(red(smaller, width - 4) - red(smaller, 3)).toBeLessThan(red(image, width - 4) - red(image, 3) - 3);
    }
  });

  it("shifts the window if allowed", async () => {
    const image = picture(40, 40);
    const shifted = await augmentFace(image, {
      ...plain,
      border: 0.1,
      augmentations: ["crop"],
      random: sequence(0.9, 0.5, 0.999, 0.5),
    });
    const plainFace = await augmentFace(image, { ...plain, border: 0.1 });
    expect((shifted.data[0] as number) - (plainFace.data[0] as number)).toBeCloseTo(0.06 * 32 * (200 / 40), -1);
    expect(shifted.data[1]).toBe(plainFace.data[1]);
  });

  it.each(["colour", "blur", "jpeg", "resolution"] satisfies Augmentation[])(
    "%s changes the face, though not beyond recognition",
    async (name) => {
      const image = picture(32, 32);
      const face = await augmentFace(image, { ...plain, augmentations: [name], random: () => 0.1 });
      expect(face.data).toHaveLength(image.data.length);
      expect(meanDifference(face, image)).toBeGreaterThan(0.3);
      expect(meanDifference(face, image)).toBeLessThan(40);
    },
  );

  it("lowers the resolution, but keeps size, colours and gradients", async () => {
    const face = await augmentFace(picture(48, 32), { ...plain, width: 48, augmentations: ["resolution"], random: () => 0 });
    expect([face.width, face.height]).toEqual([48, 32]);
    const means = [0, 1, 2].map((c) => [face, picture(48, 32)].map(({ data }) => mean(data.filter((_, i) => i % 3 === c))));
    for (const [lowered, original] of means) expect(Math.abs((lowered as number) - (original as number))).toBeLessThan(4);
    const steepest = ({ data }: RgbImage): number =>
      data.reduce(
        (most, value, i) => (i % 3 === 2 && i > 3 ? Math.max(most, Math.abs(value - (data[i - 3] as number))) : most),
        0,
      );
    expect(steepest(face)).toBeLessThan(0.6 * steepest(picture(48, 32))); // the edge of the dot
  });

  it("is deterministic for the same random numbers", async () => {
    const options = (): AugmentOptions => ({ ...plain, augmentations, random: sequence(0.1, 0.7, 0.2, 0.9, 0.15) });
    expect(await augmentFace(picture(36, 36), options())).toEqual(await augmentFace(picture(36, 36), options()));
  });
});
