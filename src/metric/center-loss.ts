/** Center loss (Wen et al. 2016), as the reference implementation has it: added to a classification loss with a small factor. */
import { type Vectors, vectorCount } from "./distance-matrix.ts";

export type CenterLoss = {
  /** Mean over the batch and the dimensions of the squared difference from the own class's center. */
  readonly loss: number;
  /** [n, size] by the embeddings; the centers are not learned by gradient. */
  readonly gradient: Float32Array;
  /** [classes, size] where the centers are afterwards. */
  readonly centers: Float32Array;
};

/**
 * @param centers [classes, size]
 * @param alpha how slowly centers follow: `c += (1 - alpha) (x - c)` for each embedding x of the class, all differences taken
 *   from the centers as they were. Default 0.95, the reference implementation's `center_loss_alfa`.
 * @throws RangeError for a label without a center
 */
export function centerLoss(
  embeddings: Vectors,
  size: number,
  labels: ArrayLike<number>,
  centers: Vectors,
  alpha = 0.95,
): CenterLoss {
  const n = vectorCount(embeddings, size);
  const classes = vectorCount(centers, size);
  const moved = Float32Array.from(centers);
  const gradient = new Float32Array(embeddings.length);
  let loss = 0;
  for (let row = 0; row < n; row++) {
    const label = labels[row] as number;
    if (!(label >= 0 && label < classes)) throw new RangeError(`labels[${row}]: center ${label} of ${classes}`);
    for (let i = 0; i < size; i++) {
      const [x, c] = [row * size + i, label * size + i];
      const difference = (embeddings[x] as number) - (centers[c] as number);
      loss += difference * difference;
      gradient[x] = (2 * difference) / embeddings.length;
      moved[c] = (moved[c] as number) + (1 - alpha) * difference;
    }
  }
  return { loss: n === 0 ? 0 : loss / embeddings.length, gradient, centers: moved };
}
