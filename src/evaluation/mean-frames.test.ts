import { expect, it } from "vitest";
import { normalize } from "../metric/distance.ts";
import { createEmbeddingMatrix, rowDistance } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { meanFrameDistance, meanOfFrames } from "./mean-frames.ts";

it.each(["bytes", "floats"] as const)("is the mean over all pairs of frames, of %s", (compared) => {
  const random = seededRandom(1);
  const vectors = Array.from({ length: 9 }, () => normalize(Float32Array.from({ length: 16 }, () => random() - 0.5)));
  const frames = compared === "floats" ? vectors : vectors.map((v) => Int8Array.from(v, (value) => Math.round(value * 127)));
  const matrix = createEmbeddingMatrix(frames, compared);
  const [left, right] = [
    [0, 1, 2, 3],
    [4, 5, 6, 7, 8],
  ] as const;
  const pairs = left.flatMap((a) => right.map((b) => rowDistance(matrix, a, b)));
  const [x, y] = meanOfFrames(matrix, [left, right]);
  expect(meanFrameDistance(x as Float64Array, y as Float64Array)).toBeCloseTo(
    pairs.reduce((sum, d) => sum + d) / pairs.length,
    compared === "bytes" ? 12 : 6, // float vectors are of unit length to 1e-7
  );
});
