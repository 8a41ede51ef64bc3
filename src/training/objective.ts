/**
 * Objectives: a loss on the embeddings of a mini-batch, and its gradient. Triplet losses use a miner and are stateless;
 * classification losses learn class weights, and center loss learns centers, which are saved with the network.
 */

import { adaptiveMargins, type ClassLossOptions, classLossGraph } from "../engine/graph/class-loss-graph.ts";
import { OnnxNetwork } from "../engine/onnx-network.ts";
import { centerLoss } from "../metric/classification-losses.ts";
import { batchSpread, distanceMatrix } from "../metric/distance.ts";
import { miners } from "../metric/miners.ts";
import { seededRandom, streamSeed } from "../metric/seeded-random.ts";
import { tripletLoss } from "../metric/triplet-loss.ts";
import type { TrainingConfiguration } from "../schemas/training.ts";
import type { EmbeddedBatch, Objective, ObjectiveResult } from "./embedded-batch.ts";
import { compatibleObjective, distillationObjective } from "./reference-objectives.ts";

export type ObjectiveOptions = Pick<
  TrainingConfiguration,
  | "loss"
  | "miner"
  | "margin"
  | "reduction"
  | "centerLoss"
  | "classScale"
  | "classMargin"
  | "subCenters"
  | "classShare"
  | "learningRate"
  | "seed"
> & {
  readonly people: number;
  /** Threads of the engine; 0 lets it choose. */
  readonly threads?: number;
  /** Dimensions of an embedding. */
  readonly size: number;
  /** [all images, size] embeddings by the teacher, or by the model to be compatible with. */
  readonly reference?: Float32Array;
  /** Learned state to resume from. */
  readonly learned?: ReadonlyMap<string, Float32Array>;
};

/** @throws Error for distillation without a teacher's embeddings */
export function createObjective(options: ObjectiveOptions): Objective {
  const { loss, reference } = options;
  if (loss === "distillation") {
    if (!reference) throw new Error("distillation requires the embeddings of a teacher");
    return distillationObjective(reference);
  }
  if (loss !== "triplet") return classObjective(options, classLossOf(options));
  return reference ? compatibleObjective(options, reference) : tripletObjective(options);
}

/** Scale and margin of a classification loss; default: those of its paper. */
function classLossOf({ loss, classScale, classMargin, subCenters }: ObjectiveOptions): ClassLossOptions {
  const given = {
    ...(classScale !== undefined && { scale: classScale }),
    ...(classMargin !== undefined && { margin: classMargin }),
  };
  switch (loss) {
    case "softmax":
      return { kind: "softmax", scale: 16, margin: 0, ...given, subCentres: subCenters };
    case "am-softmax":
      return { kind: "cosface", scale: 30, margin: 0.35, ...given, subCentres: subCenters };
    case "arcface":
      return { kind: "arcface", scale: 64, margin: 0.5, ...given, subCentres: subCenters };
    case "adaface":
      return { kind: "adaface", scale: 64, margin: 0.4, ...given, subCentres: subCenters };
    default:
      throw new Error(`${loss} has no classes`);
  }
}

function tripletObjective({ miner, margin, reduction, seed }: ObjectiveOptions): Objective {
  const compute = async ({ embeddings, size, labels, step }: EmbeddedBatch): Promise<ObjectiveResult> => {
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
  return { compute, learned: new Map(), dispose: async () => undefined };
}

/** Maximum rate of the class weights, which always use Adam. */
const CLASS_RATE = 1e-3;
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/**
 * Class weights are learned here. With a `classShare` below 1, a step uses only the classes of its images and a random sample of
 * others (partial FC, An et al. 2022): its time and memory are proportional to that share, and only these weights are updated.
 */
function classObjective(options: ObjectiveOptions, loss: ClassLossOptions): Objective {
  const { people, size, seed, centerLoss: centerFactor, classShare, learningRate, threads = 0 } = options;
  const { learned: saved = new Map<string, Float32Array>() } = options;
  const ofClass = (loss.subCentres ?? 1) * size;
  const random = seededRandom(streamSeed(seed, "classes"));
  const copyOr = (name: string, length: number, initial: () => number): Float32Array =>
    saved.get(name)?.slice() ?? Float32Array.from({ length }, initial);
  const weights = copyOr("classes", people * ofClass, () => (2 * random() - 1) / Math.sqrt(size));
  const means = copyOr("classes:mean", people * ofClass, () => 0);
  const squares = copyOr("classes:variance", people * ofClass, () => 0);
  const steps = copyOr("classes:steps", 1, () => 0);
  const centers = copyOr("centers", people * size, () => 0);
  const learned = new Map([
    ["classes", weights],
    ["classes:mean", means],
    ["classes:variance", squares],
    ["classes:steps", steps],
  ]);
  if (centerFactor > 0) learned.set("centers", centers);
  const norms = copyOr("norms", 2, () => 0); // mean and standard deviation; zeros before the first batch
  if (loss.kind === "adaface") learned.set("norms", norms);
  const margins = (batch: EmbeddedBatch) => {
    if (!batch.norms) throw new Error("adaface requires a network that ends in an L2 normalisation");
    const [mean, deviation] = norms as unknown as [number, number];
    const { turn, drop, statistics } = adaptiveMargins(batch.norms, loss.margin, mean > 0 ? { mean, deviation } : undefined);
    norms.set([statistics.mean, statistics.deviation]);
    const dims = [batch.norms.length, 1];
    return { turn: { data: turn, dims }, drop: { data: drop, dims } };
  };
  let network: Promise<OnnxNetwork> | undefined;

  const move = (slopes: Float32Array, classes: ArrayLike<number>, rate: number): void => {
    const t = (steps[0] as number) + 1;
    steps[0] = t;
    const corrected = (rate * Math.sqrt(1 - BETA2 ** t)) / (1 - BETA1 ** t);
    const floor = EPSILON * Math.sqrt(1 - BETA2 ** t);
    for (let k = 0; k < classes.length; k++)
      for (let i = 0, from = k * ofClass, at = (classes[k] as number) * ofClass; i < ofClass; i++, from++, at++) {
        const slope = slopes[from] as number;
        means[at] = BETA1 * (means[at] as number) + (1 - BETA1) * slope;
        squares[at] = BETA2 * (squares[at] as number) + (1 - BETA2) * slope * slope;
        weights[at] = (weights[at] as number) - (corrected * (means[at] as number)) / (Math.sqrt(squares[at] as number) + floor);
      }
  };

  const compute = async (batch: EmbeddedBatch): Promise<ObjectiveResult> => {
    const { embeddings, labels, rate, step } = batch;
    network ??= OnnxNetwork.create(classLossGraph(loss, size), { threads, spin: false });
    const classes = classesOfStep(labels, people, classShare, seededRandom(streamSeed(seed, "partial", step)));
    const place = new Map(Array.from(classes, (own, k) => [own, k]));
    const rows = classes.length === people ? weights : new Float32Array(classes.length * ofClass);
    if (rows !== weights)
      for (const [k, own] of classes.entries()) rows.set(weights.subarray(own * ofClass, (own + 1) * ofClass), k * ofClass);
    const results = await (await network).run({
      embeddings: { data: embeddings, dims: [labels.length, size] },
      weights: { data: rows, dims: [rows.length / size, size] },
      labels: { data: Float32Array.from(labels, (label) => place.get(label) as number), dims: [labels.length] },
      share: { data: Float32Array.of(1 / labels.length), dims: [] },
      ...(loss.kind === "adaface" && margins(batch)),
    });
    const dataOf = (name: string): Float32Array => results[name]?.data as Float32Array;
    move(dataOf("weightGradient"), classes, (CLASS_RATE * rate) / learningRate);
    const result = {
      loss: dataOf("loss")[0] as number,
      gradient: dataOf("gradient"),
      pairs: 0,
      triplets: 0,
      active: labels.length - (dataOf("right")[0] as number),
      ...batchSpread(distanceMatrix(embeddings, size), labels),
    };
    if (centerFactor === 0) return result;
    const pull = centerLoss(embeddings, size, labels, centers);
    centers.set(pull.centers);
    return {
      ...result,
      loss: result.loss + centerFactor * pull.loss,
      gradient: result.gradient.map((value, i) => value + centerFactor * (pull.gradient[i] as number)),
    };
  };
  return { compute, learned, dispose: async () => await (await network)?.dispose() };
}

/** Classes of the images, and random others up to a share of all; ascending. */
function classesOfStep(labels: Uint32Array, people: number, share: number, random: () => number): Uint32Array {
  if (share >= 1) return Uint32Array.from({ length: people }, (_, i) => i);
  const chosen = new Set(labels);
  const wanted = Math.max(chosen.size, Math.ceil(share * people));
  while (chosen.size < wanted) chosen.add(Math.floor(random() * people));
  return Uint32Array.from(chosen).sort();
}
