/** What passes between the training loop and an objective. */
import type { TrainingStep } from "../schemas/training.ts";

/** A mini-batch with its embeddings. */
export type EmbeddedBatch = {
  /** [n, size] unit vectors */
  readonly embeddings: Float32Array;
  readonly size: number;
  /** [n] lengths of the embeddings before they were scaled to 1; of networks that end in an L2 normalisation */
  readonly norms?: Float32Array;
  /** [n] index of the person among those trained on */
  readonly labels: Uint32Array;
  /** [n] index among all images */
  readonly images: Uint32Array;
  readonly step: number;
  readonly rate: number;
};

export type ObjectiveResult = Pick<
  TrainingStep,
  "loss" | "pairs" | "triplets" | "active" | "positiveDistance" | "negativeDistance"
> & {
  /** [n, size] by the embeddings */
  readonly gradient: Float32Array;
};

export type Objective = {
  /** The loss of a batch; moves what the objective itself learns on by one step. */
  readonly compute: (batch: EmbeddedBatch) => Promise<ObjectiveResult>;
  /** Learned state, to be saved and passed to `createObjective`. */
  readonly learned: ReadonlyMap<string, Float32Array>;
  readonly dispose: () => Promise<void>;
};
