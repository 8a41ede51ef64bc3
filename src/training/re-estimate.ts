/**
 * Re-estimates the statistics of batch normalisation before a model is measured or exported. The running statistics lag some steps
 * behind, and belong to parameters that are not averaged: in a short run, or with moving averages, they do not fit.
 */
import type { FaceImages, ImagePlace } from "../datasets/face-images.ts";
import { drawMasks, type Parameters } from "../engine/graph/network.ts";
import type { FloatTensor } from "../engine/onnx-network.ts";
import { identitySampler } from "../metric/identity-sampler.ts";
import { seededRandom, streamSeed } from "../metric/seeded-random.ts";
import type { TrainingConfiguration } from "../schemas/training.ts";
import type { FaceLoader } from "./face-loader.ts";
import type { NetworkTrainer } from "./network-trainer.ts";
import { chunksOf } from "./train-network.ts";

export type StatisticsSource = {
  readonly configuration: Pick<TrainingConfiguration, "seed" | "peoplePerBatch" | "imagesPerPerson" | "chunk" | "reestimate">;
  readonly trainer: NetworkTrainer;
  readonly loader: FaceLoader;
  readonly faces: FaceImages;
};

/**
 * Mean of the statistics of `reestimate` fixed mini-batches, in the chunks of training.
 *
 * @returns by name; empty if `reestimate` is 0
 */
export async function estimateStatistics({
  configuration,
  trainer,
  loader,
  faces,
}: StatisticsSource): Promise<Map<string, Float32Array>> {
  const { seed, peoplePerBatch, imagesPerPerson, chunk, reestimate } = configuration;
  const random = seededRandom(streamSeed(seed, "re-estimate"));
  const sampler = identitySampler(faces.imagesOfPeople, { peoplePerBatch, imagesPerPerson, random });
  const chunks: { images: FloatTensor; masks: Parameters }[] = [];
  for (let batch = 0; batch < reestimate; batch++) {
    const places = Array.from(sampler.next().value.images, (image) => faces.images[image] as ImagePlace);
    const loaded = await loader.load(places, (position) => streamSeed(seed, "re-estimate", batch, position));
    for (const [i, [from, to]] of chunksOf(loaded.length, chunk).entries()) {
      if (to - from < 2) continue;
      const masks = drawMasks(trainer.plan, to - from, seededRandom(streamSeed(seed, "re-estimate masks", batch, i)));
      chunks.push({ images: loaded.tensor(from, to), masks });
    }
  }
  return trainer.estimateStatistics(chunks);
}
