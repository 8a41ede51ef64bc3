/** Triplet loss and its gradient (FaceNet, section 3.1). */
import { type Vectors, vectorCount } from "./distance.ts";
import type { Triplets } from "./miners.ts";

/** The paper's alpha. */
export const DEFAULT_MARGIN = 0.2;

/** Result of {@link tripletLoss}. */
export type TripletLoss = {
  /** Mean over the triplets; 0 without triplets. */
  readonly loss: number;
  /** [n, size] gradient of the loss with respect to the embeddings; zeros without triplets. */
  readonly gradient: Float32Array;
  /** Triplets whose loss is above 0. */
  readonly active: number;
  /** Means over the triplets, squared L2; NaN without triplets. */
  readonly positiveDistance: number;
  readonly negativeDistance: number;
};

/**
 * Triplet loss (FaceNet, equation 2): the mean or the sum over all triplets of
 *
 *     max(0, ||a - p||^2 - ||a - n||^2 + margin)
 *
 * The paper uses the sum; with the mean, as in the reference implementation, the same learning rate suits any number of triplets.
 * `reduction` applies to the gradient; the loss is always the mean. The gradient is with respect to unconstrained
 * vectors: the network
 * normalises to unit length.
 *
 * @param embeddings [n, size]
 * @param margin squared L2, default 0.2
 * @throws RangeError for a triplet with a row outside the batch
 * @example
 * import { tripletLoss } from "facenet128/metric";
 * const triplets = { anchors: Uint32Array.of(0), positives: Uint32Array.of(1), negatives: Uint32Array.of(2), pairs: 1 };
 * console.log(tripletLoss(Float32Array.of(0, 1, 2), 1, triplets, 4).loss); // 1
 */
export function tripletLoss(
  embeddings: Vectors,
  size: number,
  triplets: Triplets,
  margin = DEFAULT_MARGIN,
  reduction: "mean" | "sum" = "mean",
): TripletLoss {
  const n = vectorCount(embeddings, size);
  const { anchors, positives, negatives } = triplets;
  const count = anchors.length;
  const gradient = new Float64Array(embeddings.length);
  let [loss, active, near, far] = [0, 0, 0, 0];
  for (let k = 0; k < count; k++) {
    const [a, p, q] = [anchors[k] as number, positives[k] as number, negatives[k] as number];
    if (Math.max(a, p, q) >= n) throw new RangeError(`triplet ${k}: [${a}, ${p}, ${q}] is not within a batch of ${n}`);
    const [anchor, positive, negative] = [a * size, p * size, q * size];
    let [toPositive, toNegative] = [0, 0];
    for (let i = 0; i < size; i++) {
      const value = embeddings[anchor + i] as number;
      toPositive += (value - (embeddings[positive + i] as number)) ** 2;
      toNegative += (value - (embeddings[negative + i] as number)) ** 2;
    }
    near += toPositive;
    far += toNegative;
    const excess = toPositive - toNegative + margin;
    if (!(excess > 0)) continue;
    active++;
    loss += excess;
    const factor = reduction === "mean" ? 2 / count : 2;
    for (let i = 0; i < size; i++) {
      const x = embeddings[anchor + i] as number;
      const y = embeddings[positive + i] as number;
      const z = embeddings[negative + i] as number;
      gradient[anchor + i] = (gradient[anchor + i] as number) + factor * (z - y);
      gradient[positive + i] = (gradient[positive + i] as number) + factor * (y - x);
      gradient[negative + i] = (gradient[negative + i] as number) + factor * (x - z);
    }
  }
  return {
    loss: count === 0 ? 0 : loss / count,
    gradient: Float32Array.from(gradient),
    active,
    positiveDistance: near / count,
    negativeDistance: far / count,
  };
}
