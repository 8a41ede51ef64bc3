import { expect, it } from "vitest";
import { createEmbeddingMatrix } from "../metric/embedding-matrix.ts";
import { findCopies, withoutCopies } from "./face-set.ts";

const codes = [Int8Array.of(1, 2), Int8Array.of(1, 3), Int8Array.of(1, 2), Int8Array.of(1, 2)];
const set = {
  images: ["a", "b", "c", "d"],
  boxes: [null, null, null, null],
  people: ["x", "y"],
  person: Uint32Array.of(0, 0, 0, 1),
  embeddings: createEmbeddingMatrix(codes, "bytes"),
};

it("finds images with the same embedding as another, and leaves them out", () => {
  expect(findCopies(set)).toEqual([
    { image: "c", of: "a" },
    { image: "d", of: "a" },
  ]);
  expect(withoutCopies(set)).toMatchObject({ images: ["a", "b"], person: Uint32Array.of(0, 0) });
  expect(findCopies(withoutCopies(set))).toEqual([]);
});
