/** Objectives that compare with another model's fixed embeddings of the same faces. */
import { batchSpread, distanceMatrix } from "../metric/distance.ts";
import { miners, type Triplets } from "../metric/miners.ts";
import { seededRandom, streamSeed } from "../metric/seeded-random.ts";
import { tripletLoss } from "../metric/triplet-loss.ts";
import type { TrainingConfiguration } from "../schemas/training.ts";
import type { EmbeddedBatch, Objective, ObjectiveResult } from "./embedded-batch.ts";

/**
 * Harmonic triplet loss (FaceNet, appendix): each image occurs twice in the batch, with its new embedding and with the old
 * model's. Anchors, positives and negatives may be of either kind, and only new embeddings receive a gradient. Triplets of three
 * old embeddings, which have none, are left out.
 *
 * @param reference [all images, size] embeddings by the old model, of unit length
 */
export function compatibleObjective(
  { miner, margin, reduction, seed }: Pick<TrainingConfiguration, "miner" | "margin" | "reduction" | "seed">,
  reference: Float32Array,
): Objective {
  const compute = async ({ embeddings, size, labels, images, step }: EmbeddedBatch): Promise<ObjectiveResult> => {
    const both = new Float32Array(2 * embeddings.length);
    both.set(embeddings);
    both.set(referenceRows(reference, size, images), embeddings.length);
    const twice = new Uint32Array(2 * labels.length);
    twice.set(labels);
    twice.set(labels, labels.length);
    const random = seededRandom(streamSeed(seed, "mine", step));
    const mined = miners[miner](distanceMatrix(both, size), twice, { margin, random });
    const triplets = withNewEmbedding(mined, labels.length);
    const { loss, gradient, active } = tripletLoss(both, size, triplets, margin, reduction);
    return {
      loss,
      gradient: gradient.slice(0, embeddings.length),
      active,
      pairs: triplets.pairs,
      triplets: triplets.anchors.length,
      ...batchSpread(distanceMatrix(embeddings, size), labels),
    };
  };
  return { compute, learned: new Map(), dispose: async () => undefined };
}

/** Triplets with at least one row below `count`, which are those of the new model. */
function withNewEmbedding({ anchors, positives, negatives, pairs }: Triplets, count: number): Triplets {
  const isKept = (_: number, k: number): boolean =>
    (anchors[k] as number) < count || (positives[k] as number) < count || (negatives[k] as number) < count;
  return { anchors: anchors.filter(isKept), positives: positives.filter(isKept), negatives: negatives.filter(isKept), pairs };
}

/**
 * Distillation: the mean squared L2 distance between the network's embeddings and the teacher's, which for unit vectors is 2 - 2
 * cos.
 *
 * @param reference [all images, size] the teacher's embeddings, of unit length
 */
export function distillationObjective(reference: Float32Array): Objective {
  const compute = async ({ embeddings, size, labels, images }: EmbeddedBatch): Promise<ObjectiveResult> => {
    const wanted = referenceRows(reference, size, images);
    let sum = 0;
    const gradient = embeddings.map((value, i) => {
      const difference = value - (wanted[i] as number);
      sum += difference * difference;
      return (2 * difference) / labels.length;
    });
    const spread = batchSpread(distanceMatrix(embeddings, size), labels);
    return { loss: sum / labels.length, gradient, active: labels.length, pairs: 0, triplets: 0, ...spread };
  };
  return { compute, learned: new Map(), dispose: async () => undefined };
}

function referenceRows(reference: Float32Array, size: number, images: Uint32Array): Float32Array {
  const rows = new Float32Array(images.length * size);
  for (const [i, image] of images.entries()) rows.set(reference.subarray(image * size, (image + 1) * size), i * size);
  return rows;
}
