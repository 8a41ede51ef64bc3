/**
 * Classification losses with one weight vector per person: softmax, additive-margin softmax and center loss, the baselines
 * to triplet loss.
 */
import { type Vectors, vectorCount } from "./distance.ts";

/** A loss over a batch with learned class weights. */
export type ClassLoss = {
  /** mean over the batch; 0 for an empty one */
  readonly loss: number;
  /** [n, size] gradient with respect to the embeddings */
  readonly gradient: Float32Array;
  /** [classes, size] gradient with respect to the class weights */
  readonly weightGradient: Float32Array;
  /** Classification accuracy on the batch, 0 to 1; NaN for an empty batch. */
  readonly accuracy: number;
};

/** A batch of embeddings with their classes and the class weights. */
export type ClassBatch = {
  /** [n, size] */
  readonly embeddings: Vectors;
  /** [n] class of each, 0 to classes - 1 */
  readonly labels: ArrayLike<number>;
  /** [classes, size] */
  readonly weights: Vectors;
  readonly size: number;
};

/** Options of {@link softmaxLoss}. */
export type SoftmaxOptions = {
  /** Scale of the logits: the length to which unit embeddings are scaled. Default 16. */
  readonly scale?: number;
};

/**
 * Cross-entropy of softmax over `scale * W x`, mean over the batch.
 *
 * @throws RangeError for a label without a class
 * @example
 * import { softmaxLoss } from "facenet128/metric";
 * const batch = { embeddings: Float32Array.of(1, 0), labels: [0], weights: Float32Array.of(1, 0, 0, 1), size: 2 };
 * console.log(softmaxLoss(batch, { scale: 1 }).loss.toFixed(4)); // 0.3133
 */
export function softmaxLoss(batch: ClassBatch, { scale = 16 }: SoftmaxOptions = {}): ClassLoss {
  return crossEntropy(batch, Float64Array.from(batch.weights), scale, 0);
}

/** Options of {@link additiveMarginSoftmaxLoss}. */
export type AdditiveMarginOptions = {
  /** Scale of the logits. Default 30 (Wang et al. 2018, section 4). */
  readonly scale?: number;
  /** Subtracted from the cosine to the own class. Default 0.35. */
  readonly margin?: number;
};

/**
 * Additive-margin softmax (CosFace; Wang et al. 2018): cross-entropy over `scale * (w . x / ||w||)`, where `margin` is
 * subtracted from
 * the cosine to the own class. Embeddings must have unit length; weights may have any length.
 *
 * @throws RangeError for a label without a class or a zero weight vector
 * @example
 * import { additiveMarginSoftmaxLoss } from "facenet128/metric";
 * const batch = { embeddings: Float32Array.of(1, 0), labels: [0], weights: Float32Array.of(2, 0, 0, 2), size: 2 };
 * console.log(additiveMarginSoftmaxLoss(batch, { scale: 1, margin: 1 }).loss.toFixed(4)); // 0.6931
 */
export function additiveMarginSoftmaxLoss(
  batch: ClassBatch,
  { scale = 30, margin = 0.35 }: AdditiveMarginOptions = {},
): ClassLoss {
  const { weights, size } = batch;
  const classes = vectorCount(weights, size);
  const directions = Float64Array.from(weights);
  const lengths = new Float64Array(classes);
  for (let c = 0; c < classes; c++) {
    const own = directions.subarray(c * size, (c + 1) * size);
    const length = Math.hypot(...own);
    if (!(length > 0)) throw new RangeError(`class ${c}: its weights are zeros and have no direction`);
    lengths[c] = length;
    for (let i = 0; i < size; i++) own[i] = (own[i] as number) / length;
  }
  const result = crossEntropy(batch, directions, scale, margin);
  // Gradient through w / ||w||: the component along w has no effect.
  const weightGradient = Float32Array.from(result.weightGradient);
  for (let c = 0; c < classes; c++) {
    const at = c * size;
    let along = 0;
    for (let i = 0; i < size; i++) along += (weightGradient[at + i] as number) * (directions[at + i] as number);
    for (let i = 0; i < size; i++) {
      weightGradient[at + i] =
        ((weightGradient[at + i] as number) - along * (directions[at + i] as number)) / (lengths[c] as number);
    }
  }
  return { ...result, weightGradient };
}

/** Cross-entropy over `scale * (w . x - [own class] margin)` with unnormalised weights. */
function crossEntropy({ embeddings, labels, size }: ClassBatch, weights: Float64Array, scale: number, margin: number): ClassLoss {
  const n = vectorCount(embeddings, size);
  const classes = vectorCount(weights, size);
  const gradient = new Float64Array(embeddings.length);
  const weightGradient = new Float64Array(weights.length);
  const logits = new Float64Array(classes);
  let [loss, right] = [0, 0];
  for (let row = 0; row < n; row++) {
    const label = labels[row] as number;
    if (!(label >= 0 && label < classes)) throw new RangeError(`labels[${row}]: class ${label} of ${classes}`);
    const x = row * size;
    for (let c = 0; c < classes; c++) {
      let product = 0;
      for (let i = 0; i < size; i++) product += (embeddings[x + i] as number) * (weights[c * size + i] as number);
      logits[c] = scale * product;
    }
    if (logits.every((logit) => logit <= (logits[label] as number))) right++;
    logits[label] = (logits[label] as number) - scale * margin;
    const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    let total = 0;
    for (const logit of logits) total += Math.exp(logit - largest);
    loss += Math.log(total) + largest - (logits[label] as number);
    for (let c = 0; c < classes; c++) {
      const share = Math.exp((logits[c] as number) - largest) / total - (c === label ? 1 : 0);
      const factor = (scale * share) / n;
      for (let i = 0; i < size; i++) {
        gradient[x + i] = (gradient[x + i] as number) + factor * (weights[c * size + i] as number);
        weightGradient[c * size + i] = (weightGradient[c * size + i] as number) + factor * (embeddings[x + i] as number);
      }
    }
  }
  return {
    loss: n === 0 ? 0 : loss / n,
    gradient: Float32Array.from(gradient),
    weightGradient: Float32Array.from(weightGradient),
    accuracy: right / n,
  };
}

/** Result of {@link centerLoss}. */
export type CenterLoss = {
  /** Mean over the batch and the dimensions of the squared difference from the own class's center. */
  readonly loss: number;
  /** [n, size] gradient with respect to the embeddings; the centers are not learned by gradient descent. */
  readonly gradient: Float32Array;
  /** [classes, size] updated centers. */
  readonly centers: Float32Array;
};

/**
 * Center loss (Wen et al. 2016): mean squared distance of embeddings from the center of their class; also updates the centers.
 *
 * @param embeddings [n, size]
 * @param labels [n]
 * @param centers [classes, size]
 * @param alpha inertia of the centers: `c += (1 - alpha) (x - c)` for each embedding x of the class, all differences taken
 *   from the previous centers. Default 0.95, the reference implementation's `center_loss_alfa`.
 * @throws RangeError for a label without a center
 * @example
 * import { centerLoss } from "facenet128/metric";
 * console.log(Array.from(centerLoss(Float32Array.of(1, 0), 2, [0], Float32Array.of(0, 0), 0.5).centers)); // [0.5, 0]
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
