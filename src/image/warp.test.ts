import { describe, expect, it } from "vitest";
import type { RgbImage } from "../schemas/image-source.ts";
import { createPyramid } from "./pyramid.ts";
import { type Affine, type PixelScaling, type WarpTarget, warp } from "./warp.ts";

const plain: PixelScaling = { mean: [0, 0, 0], scale: 1, channels: "rgb" };

const noise = (width: number, height: number): RgbImage => ({
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => ((i + 1) * 2_654_435_761) >>> 13),
  width,
  height,
});

/** Reference in double precision: four neighbours per sample, grid x grid samples per pixel. */
function warpSlowly(
  image: RgbImage,
  [a, b, c, d, e, f]: Affine,
  width: number,
  height: number,
  { grid = 1, outside = 0 } = {},
): number[][][] {
  const at = (x: number, y: number, channel: number) =>
    x >= 0 && y >= 0 && x < image.width && y < image.height
      ? (image.data[(y * image.width + x) * 3 + channel] as number)
      : outside;
  const sample = (px: number, py: number, channel: number) => {
    const [x, y] = [a * px + b * py + c - 0.5, d * px + e * py + f - 0.5];
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    let sum = 0;
    for (const dy of [0, 1]) {
      for (const dx of [0, 1]) sum += (1 - Math.abs(x - x0 - dx)) * (1 - Math.abs(y - y0 - dy)) * at(x0 + dx, y0 + dy, channel);
    }
    return sum;
  };
  const steps = Array.from({ length: grid }, (_, i) => (i + 0.5) / grid);
  return [0, 1, 2].map((channel) =>
    Array.from({ length: height }, (_, row) =>
      Array.from({ length: width }, (_, column) => {
        const samples = steps.flatMap((v) => steps.map((u) => sample(column + u, row + v, channel)));
        return samples.reduce((sum, value) => sum + value) / samples.length;
      }),
    ),
  );
}

function warped(image: RgbImage, toImage: Affine, width: number, height: number, more: Partial<WarpTarget> = {}): Float32Array {
  const out = new Float32Array(3 * width * height);
  warp(createPyramid(image), toImage, { width, height, scaling: plain, out, ...more });
  return out;
}

const expectClose = (actual: Float32Array, expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  expect(Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] as number))))).toBeLessThan(1e-3);
};
const flat = (planes: number[][][]): number[] => planes.flat(2);

describe("warp", () => {
  it("copies a whole picture with the model's scaling, order and offset", () => {
    const image = noise(5, 4);
    const scaling = { mean: [10, 20, 30], scale: 0.5, channels: "bgr" } as const;
    const out = new Float32Array(7 + 60);
    warp(createPyramid(image), [1, 0, 0, 0, 1, 0], { width: 5, height: 4, scaling, out, offset: 7 });
    const expected = [2, 1, 0].flatMap((channel) =>
      Array.from({ length: 20 }, (_, i) => ((image.data[i * 3 + channel] as number) - scaling.mean[channel as 0]) * 0.5),
    );
    expectClose(out.subarray(7), expected);
    expect(Array.from(out.subarray(0, 7))).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it("by the identity returns the picture, planar", () => {
    const image = noise(5, 4);
    const planes = [0, 1, 2].flatMap((c) => Array.from({ length: 20 }, (_, i) => image.data[i * 3 + c] as number));
    expectClose(warped(image, [1, 0, 0, 0, 1, 0], 5, 4), planes);
  });

  it("by half a pixel gives means of neighbours, with nothing beyond the edge", () => {
    const image = { data: Uint8Array.from([10, 0, 0, 30, 0, 0, 50, 0, 0]), width: 3, height: 1 };
    expect(Array.from(warped(image, [1, 0, 0.5, 0, 1, 0], 3, 1).subarray(0, 3))).toEqual([20, 40, 25]);
    expect(Array.from(warped(image, [1, 0, 0.5, 0, 1, 0], 3, 1, { outside: 250 }).subarray(0, 3))).toEqual([20, 40, 150]);
  });

  it.each<[string, Affine]>([
    ["shifted beyond the edge", [1, 0, -3.3, 0, 1, 2.7]],
    ["mirrored", [-1, 0, 9, 0, 1, 0]],
    ["turned", [0.8, -0.5, 2, 0.5, 0.8, -1]],
    ["enlarged", [0.31, 0, 1, 0, 0.31, 2]],
    ["sheared", [1.1, 0.3, 0, -0.2, 0.9, 1]],
    ["all outside", [1, 0, 100, 0, 1, 100]],
  ])("bilinear, %s, as the slow way", (_, toImage) => {
    const image = noise(11, 9);
    expectClose(warped(image, toImage, 9, 7, { outside: 99 }), flat(warpSlowly(image, toImage, 9, 7, { outside: 99 })));
  });

  it("shrunk by more than 1.5 averages 2 x 2 samples", () => {
    const image = noise(20, 20);
    const toImage: Affine = [1.8, 0, 0, 0, 1.8, 0];
    expectClose(warped(image, toImage, 11, 11), flat(warpSlowly(image, toImage, 11, 11, { grid: 2 })));
  });

  it.each([2, 3.5, 5, 9])("shrunk by %d samples the halved picture whose pixels are at most as large", (shrinkage) => {
    const image = noise(64, 48);
    const pyramid = createPyramid(image);
    const index = Math.floor(Math.log2(shrinkage));
    const left = shrinkage / 2 ** index;
    const [width, height] = [Math.ceil(64 / shrinkage), Math.ceil(48 / shrinkage)];
    const expected = warpSlowly(pyramid.level(index), [left, 0, 0, 0, left, 0], width, height, { grid: left > 1.5 ? 2 : 1 });
    expectClose(warped(image, [shrinkage, 0, 0, 0, shrinkage, 0], width, height), flat(expected));
  });

  it("keeps a flat picture flat at every scale", () => {
    const image = { data: new Uint8Array(60 * 60 * 3).fill(77), width: 60, height: 60 };
    for (const scale of [0.3, 1, 1.7, 2.5, 7]) {
      const side = Math.floor(50 / scale);
      expect(new Set(warped(image, [scale, 0, 4, 0, scale, 4], side, side).map(Math.round))).toEqual(new Set([77]));
    }
  });

  it("subtracts the mean, scales, and orders the planes as configured", () => {
    const image = { data: Uint8Array.of(10, 20, 40), width: 1, height: 1 };
    const scaling = { mean: [1, 2, 3], scale: 0.5, channels: "rgb" } as const;
    expect(Array.from(warped(image, [1, 0, 0, 0, 1, 0], 1, 1, { scaling }))).toEqual([4.5, 9, 18.5]);
    expect(Array.from(warped(image, [1, 0, 0, 0, 1, 0], 1, 1, { scaling: { ...scaling, channels: "bgr" } }))).toEqual([
      18.5, 9, 4.5,
    ]);
  });

  it("writes only at its offset", () => {
    const out = new Float32Array(3 + 12 + 3).fill(-1);
    warp(createPyramid(noise(2, 2)), [1, 0, 0, 0, 1, 0], { width: 2, height: 2, scaling: plain, out, offset: 3 });
    expect(Array.from(out).map((value) => value === -1)).toEqual(Array.from({ length: 18 }, (_, i) => i < 3 || i >= 15));
  });
});
