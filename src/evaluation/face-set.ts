/** Set of labelled faces: common input of all protocols, from images or a file of embeddings. */

import { createHash } from "node:crypto";
import { type EmbeddingMatrix, rowsOf, selectRows } from "../metric/embedding-matrix.ts";
import type { ComparedFace, Verification } from "../schemas/evaluation.ts";
import type { Box, Quality } from "../schemas/face.ts";

export type FaceSet = {
  /** [n] image of each face. */
  readonly images: readonly string[];
  /** [n] box of the face in its image, if known. */
  readonly boxes: readonly (Box | null)[];
  /** [n] quality of each face, if known. */
  readonly qualities?: readonly (Quality | null)[] | undefined;
  /** Names of the people. */
  readonly people: readonly string[];
  /** [n] person of each face: index in `people`. */
  readonly person: Uint32Array;
  /** [n, size] */
  readonly embeddings: EmbeddingMatrix;
};

/** Selects faces, in the given order, and only their people, numbered by first appearance. */
export function selectFaces(
  { images, boxes, qualities, people, person, embeddings }: FaceSet,
  wanted: readonly number[],
): FaceSet {
  const who = wanted.map((face) => person[face] as number);
  const kept = [...new Set(who)];
  const numbers = new Map(kept.map((old, number) => [old, number]));
  return {
    images: wanted.map((face) => images[face] as string),
    boxes: wanted.map((face) => boxes[face] ?? null),
    qualities: qualities && wanted.map((face) => qualities[face] ?? null),
    people: kept.map((old) => people[old] as string),
    person: Uint32Array.from(who, (old) => numbers.get(old) as number),
    embeddings: selectRows(embeddings, wanted),
  };
}

/** A face in the format of results. */
export function comparedFace({ images, boxes, people, person }: FaceSet, face: number): ComparedFace {
  return {
    image: images[face] as string,
    person: people[person[face] as number] as string,
    box: boxes[face] ?? null,
  };
}

/**
 * Images with the same embedding as an earlier image. Byte codes of two different photographs do not agree in all 128 values by
 * chance.
 */
export function findCopies(faces: FaceSet): Verification["copies"] {
  return [...originals(faces)].flatMap(([row, of]) =>
    row === of ? [] : [{ image: faces.images[row] as string, of: faces.images[of] as string }],
  );
}

/** The set with only the first of identical images. */
export function withoutCopies(faces: FaceSet): FaceSet {
  const kept = [...originals(faces)].filter(([row, of]) => row === of).map(([row]) => row);
  return {
    images: kept.map((row) => faces.images[row] as string),
    boxes: kept.map((row) => faces.boxes[row] ?? null),
    qualities: faces.qualities && kept.map((row) => faces.qualities?.[row] ?? null),
    people: faces.people,
    person: Uint32Array.from(kept, (row) => faces.person[row] as number),
    embeddings: selectRows(faces.embeddings, kept),
  };
}

/** First row with the same embedding, for each row. */
function originals({ embeddings }: FaceSet): Map<number, number> {
  const { rows, size } = embeddings;
  const first = new Map<string, number>();
  const of = new Map<number, number>();
  const width = size * rows.BYTES_PER_ELEMENT;
  for (let row = 0; row < rowsOf(embeddings); row++) {
    const key = createHash("sha1")
      .update(new Uint8Array(rows.buffer, rows.byteOffset + row * width, width))
      .digest("base64");
    if (!first.has(key)) first.set(key, row);
    of.set(row, first.get(key) as number);
  }
  return of;
}
