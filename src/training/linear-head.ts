/**
 * Linear head on a frozen network: maps its embeddings to fewer dimensions, trained with triplet loss. Faces are embedded once;
 * after that, a step takes a fraction of a second and needs no engine.
 */

import { identitySampler } from "../metric/identity-sampler.ts";
import { principalComponents } from "../metric/principal-components.ts";
import { seededRandom, streamSeed } from "../metric/seeded-random.ts";
import type { TrainingConfiguration, TrainingStep } from "../schemas/training.ts";
import { createObjective } from "./objective.ts";

/** y = W x, row-major [size, inputs]. */
export type LinearHead = { readonly size: number; readonly inputs: number; readonly weights: Float32Array };

export type HeadTraining = {
  /** [n, inputs] of unit length */
  readonly features: Float32Array;
  readonly inputs: number;
  /** Rows of each person's faces. */
  readonly rowsOfPeople: readonly (readonly number[])[];
  readonly size: number;
  readonly configuration: Pick<
    TrainingConfiguration,
    "miner" | "margin" | "peoplePerBatch" | "imagesPerPerson" | "learningRate" | "steps" | "seed"
  >;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onStep: (step: TrainingStep, head: LinearHead) => Promise<void>;
};

/**
 * Starts from the principal components of the features and descends with AdaGrad.
 *
 * @throws the signal's reason
 */
export async function trainLinearHead(training: HeadTraining): Promise<LinearHead> {
  const { features, inputs, rowsOfPeople, size, configuration, signal, now, onStep } = training;
  const { seed, learningRate, steps } = configuration;
  const random = (purpose: string) => seededRandom(streamSeed(seed, purpose));
  const rows = Array.from({ length: features.length / inputs }, (_, i) => features.subarray(i * inputs, (i + 1) * inputs));
  const weights = new Float32Array(size * inputs);
  for (const [i, direction] of principalComponents(rows, size, random("head")).entries()) weights.set(direction, i * inputs);
  const squares = new Float32Array(weights.length).fill(1e-6);
  const head: LinearHead = { size, inputs, weights };
  const objective = createObjective({
    ...configuration,
    loss: "triplet",
    reduction: "mean",
    centerLoss: 0,
    subCenters: 1,
    classShare: 1,
    people: rowsOfPeople.length,
    size,
  });
  const sampler = identitySampler(rowsOfPeople, { ...configuration, random: random("sample") });
  const images = rowsOfPeople.reduce((sum, rows) => sum + rows.length, 0);
  let seen = 0;
  for (let step = 1; step <= steps; step++) {
    signal.throwIfAborted();
    const start = now();
    const { images: rows, labels } = sampler.next().value;
    const batch = selected(features, inputs, rows);
    const rate = step <= steps * 0.8 ? learningRate : learningRate / 10;
    const { embeddings, lengths } = embedWithHead(head, batch);
    const { gradient, ...figures } = await objective.compute({ embeddings, size, labels, images: rows, step, rate });
    descend(head, squares, rate, headGradient(head, batch, { embeddings, lengths, gradient }));
    seen += rows.length;
    const common = { step, epoch: seen / images, learningRate: rate, images: rows.length, waitedMs: 0 };
    await onStep({ ...common, imagesPerSecond: (1000 * rows.length) / Math.max(1, now() - start), ...figures }, head);
  }
  return head;
}

/**
 * @param features [n, inputs]
 * @returns embeddings [n, size] of unit length, and their lengths before normalisation [n]
 */
export function embedWithHead(
  { size, inputs, weights }: LinearHead,
  features: Float32Array,
): { embeddings: Float32Array; lengths: Float64Array } {
  const n = features.length / inputs;
  const embeddings = new Float32Array(n * size);
  const lengths = new Float64Array(n);
  const row = new Float64Array(inputs);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < inputs; k++) row[k] = features[i * inputs + k] as number;
    let squares = 0;
    for (let o = 0; o < size; o++) {
      let sum = 0;
      for (let k = 0, at = o * inputs; k < inputs; k++, at++) sum += (weights[at] as number) * (row[k] as number);
      embeddings[i * size + o] = sum;
      squares += sum * sum;
    }
    const length = Math.sqrt(squares) || 1;
    lengths[i] = length;
    for (let o = 0; o < size; o++) embeddings[i * size + o] = (embeddings[i * size + o] as number) / length;
  }
  return { embeddings, lengths };
}

export type HeadPass = {
  readonly embeddings: Float32Array;
  readonly lengths: Float64Array;
  /** [n, size] dLoss/dEmbedding. */
  readonly gradient: Float32Array;
};

/** [size, inputs] gradient with respect to the weights, through the normalisation. */
export function headGradient(
  { size, inputs, weights }: LinearHead,
  features: Float32Array,
  { embeddings, lengths, gradient }: HeadPass,
): Float64Array {
  const out = new Float64Array(weights.length);
  for (let i = 0; i < lengths.length; i++) {
    let along = 0;
    for (let o = 0; o < size; o++) along += (gradient[i * size + o] as number) * (embeddings[i * size + o] as number);
    for (let o = 0; o < size; o++) {
      const slope = ((gradient[i * size + o] as number) - along * (embeddings[i * size + o] as number)) / (lengths[i] as number);
      if (slope === 0) continue;
      for (let k = 0, at = o * inputs, from = i * inputs; k < inputs; k++, at++)
        out[at] = (out[at] as number) + slope * (features[from + k] as number);
    }
  }
  return out;
}

/** AdaGrad step; updates the weights in place. */
function descend({ weights }: LinearHead, squares: Float32Array, rate: number, gradient: Float64Array): void {
  for (let i = 0; i < weights.length; i++) {
    const slope = gradient[i] as number;
    squares[i] = (squares[i] as number) + slope * slope;
    weights[i] = (weights[i] as number) - (rate * slope) / Math.sqrt(squares[i] as number);
  }
}

function selected(features: Float32Array, inputs: number, rows: ArrayLike<number>): Float32Array {
  const out = new Float32Array(rows.length * inputs);
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * inputs;
    out.set(features.subarray(from, from + inputs), i * inputs);
  }
  return out;
}
