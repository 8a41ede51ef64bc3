/**
 * What training minimises: a loss on the embeddings of a mini-batch with its gradient. Triplet losses have a miner and no
 * memory; classification losses keep class weights, and center loss centers, which are learned here and saved with the network.
 */

import { additiveMarginSoftmaxLoss, type ClassLoss, centerLoss, softmaxLoss } from "../metric/classification-losses.ts";
import { batchSpread, distanceMatrix } from "../metric/distance.ts";
import { miners } from "../metric/miners.ts";
import { seededRandom, streamSeed } from "../metric/seeded-random.ts";
import { tripletLoss } from "../metric/triplet-loss.ts";
import type { TrainingConfiguration, TrainingStep } from "../schemas/training.ts";

/** A mini-batch with its embeddings. */
export type EmbeddedBatch = {
  /** [n, size] unit vectors */
  readonly embeddings: Float32Array;
  readonly size: number;
  /** [n] index of the person among those trained on */
  readonly labels: Uint32Array;
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
  readonly compute: (batch: EmbeddedBatch) => ObjectiveResult;
  /** What it has learned, to be saved and given back to {@link createObjective}. */
  readonly learned: ReadonlyMap<string, Float32Array>;
};

export type ObjectiveOptions = Pick<TrainingConfiguration, "loss" | "miner" | "margin" | "reduction" | "centerLoss" | "seed"> & {
  readonly people: number;
  /** dimensions of an embedding */
  readonly size: number;
  /** What it had learned when it was saved. */
  readonly learned?: ReadonlyMap<string, Float32Array>;
};

export function createObjective(options: ObjectiveOptions): Objective {
  switch (options.loss) {
    case "triplet":
      return tripletObjective(options);
    case "softmax":
      return classObjective(options, softmaxLoss);
    case "am-softmax":
      return classObjective(options, additiveMarginSoftmaxLoss);
    default:
      return options.loss satisfies never;
  }
}

function tripletObjective({ miner, margin, reduction, seed }: ObjectiveOptions): Objective {
  const compute = ({ embeddings, size, labels, step }: EmbeddedBatch): ObjectiveResult => {
    const distances = distanceMatrix(embeddings, size);
    const triplets = miners[miner](distances, labels, { margin, random: seededRandom(streamSeed(seed, "mine", step)) });
    const { loss, gradient, active } = tripletLoss(embeddings, size, triplets, margin, reduction);
    return {
      loss,
      gradient,
      active,
      pairs: triplets.pairs,
      triplets: triplets.anchors.length,
      ...batchSpread(distances, labels),
    };
  };
  return { compute, learned: new Map() };
}

/** Class weights step by AdaGrad, whose rate needs no tuning against the network's. */
function classObjective(
  { people, size, seed, centerLoss: centerFactor, learned: saved = new Map() }: ObjectiveOptions,
  lossOf: (batch: { embeddings: Float32Array; labels: Uint32Array; weights: Float32Array; size: number }) => ClassLoss,
): Objective {
  const random = seededRandom(streamSeed(seed, "classes"));
  const copyOr = (name: string, initial: () => number): Float32Array =>
    saved.get(name)?.slice() ?? Float32Array.from({ length: people * size }, initial);
  const weights = copyOr("classes", () => (2 * random() - 1) / Math.sqrt(size));
  const squares = copyOr("classes:accumulator", () => 0.1);
  const centers = copyOr("centers", () => 0);
  const learned = new Map([
    ["classes", weights],
    ["classes:accumulator", squares],
  ]);
  if (centerFactor > 0) learned.set("centers", centers);

  const compute = ({ embeddings, labels, rate }: EmbeddedBatch): ObjectiveResult => {
    const { loss, gradient, weightGradient, accuracy } = lossOf({ embeddings, labels, weights, size });
    for (let i = 0; i < weights.length; i++) {
      const slope = weightGradient[i] as number;
      squares[i] = (squares[i] as number) + slope * slope;
      weights[i] = (weights[i] as number) - (rate * slope) / Math.sqrt(squares[i] as number);
    }
    const result = {
      loss,
      gradient,
      pairs: 0,
      triplets: 0,
      active: Math.round((1 - accuracy) * labels.length),
      ...batchSpread(distanceMatrix(embeddings, size), labels),
    };
    if (centerFactor === 0) return result;
    const pull = centerLoss(embeddings, size, labels, centers);
    centers.set(pull.centers);
    return {
      ...result,
      loss: loss + centerFactor * pull.loss,
      gradient: gradient.map((value, i) => value + centerFactor * (pull.gradient[i] as number)),
    };
  };
  return { compute, learned };
}
