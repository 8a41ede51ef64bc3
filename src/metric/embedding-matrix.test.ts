import { describe, expect, it } from "vitest";
import { codeDistance, normalize, squaredL2 } from "./distance.ts";
import { createEmbeddingMatrix, meanFrameDistance, meanOfFrames, rowDistance, rowsOf, selectRows } from "./embedding-matrix.ts";
import { seededRandom } from "./seeded-random.ts";

const codes = [Int8Array.of(3, 4), Int8Array.of(0, 5), Int8Array.of(-6, 0)];
const vectors = codes.map((code) => Float32Array.from(code, (value) => value / 8));

describe("an embedding matrix", () => {
  it("computes the same distances as its embeddings", () => {
    const bytes = createEmbeddingMatrix(codes, "bytes");
    const floats = createEmbeddingMatrix(vectors, "floats");
    expect([rowsOf(bytes), bytes.size]).toEqual([3, 2]);
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const) {
      expect(rowDistance(bytes, a, b)).toBe(codeDistance(codes[a] as Int8Array, codes[b] as Int8Array));
      expect(rowDistance(floats, a, b)).toBe(squaredL2(vectors[a] as Float32Array, vectors[b] as Float32Array));
    }
  });

  it("selects rows in the given order, with repetition", () => {
    expect(selectRows(createEmbeddingMatrix(codes, "bytes"), [2, 0, 2]).rows).toEqual(Int8Array.of(-6, 0, 3, 4, -6, 0));
    expect(selectRows(createEmbeddingMatrix(vectors, "floats"), [1]).rows).toEqual(Float32Array.of(0, 0.625));
  });

  it("can be empty", () => {
    expect(rowsOf(createEmbeddingMatrix([], "bytes"))).toBe(0);
  });

  it("rejects rows of different length or kind", () => {
    expect(() => createEmbeddingMatrix([Int8Array.of(1, 2), Int8Array.of(1)], "bytes")).toThrow(
      "embedding 1: 1 Int8Array values",
    );
    expect(() => createEmbeddingMatrix([Float32Array.of(1, 2)], "bytes")).toThrow("bytes of 2 wanted");
  });
});

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
