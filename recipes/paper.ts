/**
 * Optimiser and mini-batch of the paper (FaceNet, sections 3 and 3.2): 45 people x 40 images, semi-hard triplets with summed
 * losses, AdaGrad at 0.05, lowered to finalise. For hundreds of thousands of faces and many cores.
 *
 *     node recipes/paper.ts --training faces --images lfw/images --pairs lfw/pairs.txt --output out
 *
 * AdaGrad's accumulator starts at 0.1, as in the TensorFlow of that time. With the sum, gradients are far above that, and the
 * rate has its meaning in the paper; with the mean they are far below, and AdaGrad becomes SGD at 0.158. This recipe has not been
 * run to its end here, so it states no score.
 */
import { runRecipe, type Settings } from "./run-recipe.ts";

export const settings: Settings = {
  network: "nn4",
  steps: 10_000,
  peoplePerBatch: 45,
  imagesPerPerson: 40,
  chunk: 60,
  miner: "semi-hard",
  reduction: "sum",
  optimizer: "adagrad",
  initialAccumulator: 0.1,
  epsilon: 0,
  learningRate: 0.05,
  rateSchedule: "step",
  warmup: 0,
  weightDecay: 0,
};

if (import.meta.main) await runRecipe("paper", settings);
