/** Images whose embeddings are equal to the last bit: almost always one image under two names. */
import { createHash } from "node:crypto";
import type { FaceSet } from "../../evaluation/face-set.ts";
import { rowsOf } from "../../metric/embedding-matrix.ts";
import type { Verification } from "../../schemas/evaluation.ts";

/**
 * Copies, each with the first image that has the same embedding. Byte codes of two different photographs do not
 * agree in all 128 places by chance.
 */
export function findCopies({ embeddings, images }: FaceSet): Verification["copies"] {
  const { rows, size } = embeddings;
  const first = new Map<string, number>();
  const copies: Verification["copies"] = [];
  for (let row = 0; row < rowsOf(embeddings); row++) {
    const bytes = new Uint8Array(
      rows.buffer,
      rows.byteOffset + row * size * rows.BYTES_PER_ELEMENT,
      size * rows.BYTES_PER_ELEMENT,
    );
    const key = createHash("sha1").update(bytes).digest("base64");
    const of = first.get(key);
    if (of === undefined) first.set(key, row);
    else copies.push({ image: images[row] as string, of: images[of] as string });
  }
  return copies;
}
