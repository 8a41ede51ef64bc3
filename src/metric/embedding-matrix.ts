/** Embeddings of one model as a matrix: distances, selections and means of rows. */
import { codeDistance, squaredL2 } from "./distance.ts";

export type EmbeddingMatrix =
  | { readonly compared: "bytes"; readonly size: number; readonly rows: Int8Array }
  | { readonly compared: "floats"; readonly size: number; readonly rows: Float32Array };

/**
 * @param embeddings n vectors or n codes, all of the same length
 * @throws RangeError for embeddings of different lengths or kinds
 */
export function createEmbeddingMatrix(
  embeddings: readonly (Int8Array | Float32Array)[],
  compared: EmbeddingMatrix["compared"],
): EmbeddingMatrix {
  const size = embeddings[0]?.length ?? 0;
  const matrix: EmbeddingMatrix =
    compared === "bytes"
      ? { compared, size, rows: new Int8Array(embeddings.length * size) }
      : { compared, size, rows: new Float32Array(embeddings.length * size) };
  for (const [row, embedding] of embeddings.entries()) {
    if (embedding.length !== size || embedding instanceof Int8Array !== (compared === "bytes"))
      throw new RangeError(
        `embedding ${row}: ${embedding.length} ${embedding.constructor.name} values, ${compared} of ${size} wanted`,
      );
    matrix.rows.set(embedding, row * size);
  }
  return matrix;
}

/** Number of embeddings. */
export function rowsOf({ rows, size }: EmbeddingMatrix): number {
  return size === 0 ? 0 : rows.length / size;
}

/** Squared L2 of two rows, 0 to 4; for codes, of their unit vectors. */
export function rowDistance(matrix: EmbeddingMatrix, a: number, b: number): number {
  const { size } = matrix;
  if (matrix.compared === "bytes")
    return codeDistance(matrix.rows.subarray(a * size, (a + 1) * size), matrix.rows.subarray(b * size, (b + 1) * size));
  return squaredL2(matrix.rows.subarray(a * size, (a + 1) * size), matrix.rows.subarray(b * size, (b + 1) * size));
}

/** Selects rows, in the order given. */
export function selectRows(matrix: EmbeddingMatrix, wanted: ArrayLike<number>): EmbeddingMatrix {
  const { size } = matrix;
  const copy = (rows: Int8Array | Float32Array, into: Int8Array | Float32Array): void => {
    for (let i = 0; i < wanted.length; i++) {
      const from = (wanted[i] as number) * size;
      into.set(rows.subarray(from, from + size), i * size);
    }
  };
  if (matrix.compared === "bytes") {
    const rows = new Int8Array(wanted.length * size);
    copy(matrix.rows, rows);
    return { compared: "bytes", size, rows };
  }
  const rows = new Float32Array(wanted.length * size);
  copy(matrix.rows, rows);
  return { compared: "floats", size, rows };
}

/** [videos] mean of each video's unit vectors; its length is below 1 if frames differ. */
export function meanOfFrames(embeddings: EmbeddingMatrix, framesOf: readonly (readonly number[])[]): Float64Array[] {
  const { rows, size } = embeddings;
  return framesOf.map((frames) => {
    const mean = new Float64Array(size);
    for (const frame of frames) {
      let squares = 0;
      for (let i = 0; i < size; i++) squares += (rows[frame * size + i] as number) ** 2;
      const weight = 1 / Math.sqrt(squares) / frames.length;
      for (let i = 0; i < size; i++) mean[i] = (mean[i] as number) + weight * (rows[frame * size + i] as number);
    }
    return mean;
  });
}

/** Mean squared L2 over all pairs of frames, 0 to 4. */
export function meanFrameDistance(x: Float64Array, y: Float64Array): number {
  let dot = 0;
  for (let i = 0; i < x.length; i++) dot += (x[i] as number) * (y[i] as number);
  return Math.min(4, Math.max(0, 2 - 2 * dot));
}
