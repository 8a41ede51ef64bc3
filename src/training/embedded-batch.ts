/** Interface between the training loop and an objective. */
import type { TrainingStep } from "../schemas/training.ts";

/** A mini-batch with its embeddings. */
export type EmbeddedBatch = {
  /** [n, size] unit vectors. */
  readonly embeddings: Float32Array;
  readonly size: number;
  /** [n] lengths of the embeddings before L2 normalisation, if the network ends in one. */
  readonly norms?: Float32Array;
  /** [n] index of the person among the trained ones. */
  readonly labels: Uint32Array;
  /** [n] index among all images. */
  readonly images: Uint32Array;
  readonly step: number;
  readonly rate: number;
};

export type ObjectiveResult = Pick<
  TrainingStep,
  "loss" | "pairs" | "triplets" | "active" | "positiveDistance" | "negativeDistance"
> & {
  /** [n, size] dLoss/dEmbedding. */
  readonly gradient: Float32Array;
};

export type Objective = {
  /** Computes the loss of a batch, and updates the objective's own parameters by one step. */
  readonly compute: (batch: EmbeddedBatch) => Promise<ObjectiveResult>;
  /** Learned state, to be saved and passed to `createObjective`. */
  readonly learned: ReadonlyMap<string, Float32Array>;
  readonly dispose: () => Promise<void>;
};
