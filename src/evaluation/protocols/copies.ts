/** Images whose embeddings are equal to the last bit: almost always one image under two names. */
import { createHash } from "node:crypto";
import { rowsOf, selectRows } from "../../metric/embedding-matrix.ts";
import type { Verification } from "../../schemas/evaluation.ts";
import type { FaceSet } from "../face-set.ts";

/**
 * Copies, each with the first image that has the same embedding. Byte codes of two different photographs do not
 * agree in all 128 places by chance.
 */
export function findCopies(faces: FaceSet): Verification["copies"] {
  return [...originals(faces)].flatMap(([row, of]) =>
    row === of ? [] : [{ image: faces.images[row] as string, of: faces.images[of] as string }],
  );
}

/** The set with the first of each copied image only. */
export function withoutCopies(faces: FaceSet): FaceSet {
  const kept = [...originals(faces)].filter(([row, of]) => row === of).map(([row]) => row);
  return {
    images: kept.map((row) => faces.images[row] as string),
    boxes: kept.map((row) => faces.boxes[row] ?? null),
    people: faces.people,
    person: Uint32Array.from(kept, (row) => faces.person[row] as number),
    embeddings: selectRows(faces.embeddings, kept),
  };
}

/** The first row with the same embedding, by row. */
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
