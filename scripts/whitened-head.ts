/**
 * Linear head of the default model: within-person scatter whitened with shrinkage, then the principal directions (about the
 * origin, because embeddings are compared by angle). Infinite shrinkage is plain PCA.
 */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { normalize } from "../src/metric/distance.ts";
import type { TrainingFace } from "./training-faces.ts";

export type Scatter = { readonly within: Matrix; readonly samples: Matrix };

export function scatter(faces: readonly TrainingFace[]): Scatter {
  const size = faces[0]?.vector.length ?? 0;
  const centred = [...Map.groupBy(faces, ({ person }) => person).values()].flatMap((own) => {
    const mean = Float64Array.from(
      { length: size },
      (_, i) => own.reduce((sum, { vector }) => sum + (vector[i] as number), 0) / own.length,
    );
    return own.map(({ vector }) => Array.from(vector, (v, i) => v - (mean[i] as number)));
  });
  return { within: gram(centred), samples: new Matrix(faces.map(({ vector }) => Array.from(vector))) };
}

/** @returns the head, row-major [size, dimensions] */
export function fitHead({ within, samples }: Scatter, shrinkage: number, count = 128): Float32Array {
  const size = within.rows;
  let whiten = Matrix.eye(size);
  if (Number.isFinite(shrinkage)) {
    const floor = (shrinkage * within.trace()) / size;
    const { values, vectors } = eigen(Matrix.add(within, Matrix.mul(Matrix.eye(size), floor)));
    whiten = vectors.mmul(Matrix.diag(values.map((v) => 1 / Math.sqrt(v)))).mmul(vectors.transpose());
  }
  const rotated = samples
    .mmul(whiten)
    .to2DArray()
    .map((row) => Array.from(normalize(Float32Array.from(row))));
  const { vectors } = eigen(gram(rotated));
  // Eigenvalues are ascending: the last columns are the principal directions.
  const top = vectors.subMatrix(0, size - 1, size - count, size - 1);
  const head = whiten.mmul(top).transpose().to1DArray();
  const norm = Math.sqrt(head.reduce((sum, v) => sum + v * v, 0) / count);
  return Float32Array.from(head, (v) => v / norm);
}

function gram(rows: readonly (readonly number[])[]): Matrix {
  const matrix = new Matrix(rows.map((row) => [...row]));
  return Matrix.mul(matrix.transpose().mmul(matrix), 1 / rows.length);
}

function eigen(matrix: Matrix): { values: number[]; vectors: Matrix } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  return { values: realEigenvalues, vectors: eigenvectorMatrix };
}
