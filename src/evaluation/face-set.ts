/** Faces whose person is known: what every protocol starts from, whether they come from images or from a file. */
import { type EmbeddingMatrix, selectRows } from "../metric/embedding-matrix.ts";
import type { ComparedFace } from "../schemas/evaluation.ts";
import type { Box } from "../schemas/geometry.ts";

export type FaceSet = {
  /** [n] path of each face's image */
  readonly images: readonly string[];
  /** [n] where the face is in it, where that is known */
  readonly boxes: readonly (Box | null)[];
  /** the people's names */
  readonly people: readonly string[];
  /** [n] whose face it is: a place in `people` */
  readonly person: Uint32Array;
  /** [n, size] */
  readonly embeddings: EmbeddingMatrix;
};

/** Some of the faces, in the order named, and their people only, numbered in the order in which they come. */
export function selectFaces({ images, boxes, people, person, embeddings }: FaceSet, wanted: readonly number[]): FaceSet {
  const who = wanted.map((face) => person[face] as number);
  const kept = [...new Set(who)];
  const numbers = new Map(kept.map((old, number) => [old, number]));
  return {
    images: wanted.map((face) => images[face] as string),
    boxes: wanted.map((face) => boxes[face] ?? null),
    people: kept.map((old) => people[old] as string),
    person: Uint32Array.from(who, (old) => numbers.get(old) as number),
    embeddings: selectRows(embeddings, wanted),
  };
}

/** A face as results name it. */
export function comparedFace({ images, boxes, people, person }: FaceSet, face: number): ComparedFace {
  return {
    image: images[face] as string,
    person: people[person[face] as number] as string,
    box: boxes[face] ?? null,
  };
}
