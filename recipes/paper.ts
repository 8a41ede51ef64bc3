/**
 * The optimiser and the mini-batch of the paper (FaceNet, sections 3 and 3.2): 45 people x 40 images, semi-hard triplets, the sum of their
 * losses, AdaGrad at 0.05, lowered to finalise. For hundreds of thousands of faces and many cores.
 *
 *     node recipes/paper.ts --training faces --images lfw/images --pairs lfw/pairs.txt --output out
 *
 * AdaGrad's accumulator begins at 0.1, as in the TensorFlow of its time. Under the sum its gradients are far above that, and the rate means what
 * it does in the paper; under the mean they are far below, and AdaGrad becomes SGD at 0.158. Nobody has run this recipe to its end
 * here, so it states no score.
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
