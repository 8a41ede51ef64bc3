/** Faces whose person is known: what every protocol starts from, whether they come from images or from a file. */
import type { EmbeddingMatrix } from "../metric/embedding-matrix.ts";
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

/** A face as results name it. */
export function comparedFace({ images, boxes, people, person }: FaceSet, face: number): ComparedFace {
  return {
    image: images[face] as string,
    person: people[person[face] as number] as string,
    box: boxes[face] ?? null,
  };
}
