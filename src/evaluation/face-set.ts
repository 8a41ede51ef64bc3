/** Set of labelled faces: common input of all protocols, from images or a file of embeddings. */

import { createHash } from "node:crypto";
import { createEmbeddingMatrix, type EmbeddingMatrix, rowsOf, selectRows } from "../metric/embedding-matrix.ts";
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

export type LabelledFace = {
  readonly image: string;
  readonly person: string;
  readonly box?: Box | null;
  readonly quality?: Quality | null;
};

/** @param rows embeddings of the faces. Numbers people in order of first appearance. */
export function faceSetOf(
  faces: readonly LabelledFace[],
  rows: readonly (Int8Array | Float32Array)[],
  compared: "bytes" | "floats",
): FaceSet {
  const people = [...new Set(faces.map(({ person }) => person))];
  const numbers = new Map(people.map((person, number) => [person, number]));
  return {
    images: faces.map(({ image }) => image),
    boxes: faces.map(({ box }) => box ?? null),
    qualities: faces.map(({ quality }) => quality ?? null),
    people,
    person: Uint32Array.from(faces, ({ person }) => numbers.get(person) as number),
    embeddings: createEmbeddingMatrix(rows, compared),
  };
}

/** Selects faces, in the given order, and only their people, numbered by first appearance. */
export function selectFaces(faces: FaceSet, wanted: readonly number[]): FaceSet {
  const selected = rowsOfSet(faces, wanted);
  const kept = [...new Set(selected.person)];
  const numbers = new Map(kept.map((old, number) => [old, number]));
  return {
    ...selected,
    people: kept.map((old) => faces.people[old] as string),
    person: selected.person.map((old) => numbers.get(old) as number),
  };
}

/** Selects faces, in the given order; the people keep their numbers. */
function rowsOfSet({ images, boxes, qualities, people, person, embeddings }: FaceSet, wanted: readonly number[]): FaceSet {
  return {
    images: wanted.map((face) => images[face] as string),
    boxes: wanted.map((face) => boxes[face] ?? null),
    qualities: qualities && wanted.map((face) => qualities[face] ?? null),
    people,
    person: Uint32Array.from(wanted, (face) => person[face] as number),
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
  return rowsOfSet(faces, kept);
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
