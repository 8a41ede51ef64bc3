/**
 * A network trained from random weights, small enough for a CPU.
 *
 *     node recipes/convnet-64.ts --training celeba-faces --images lfw/images --pairs lfw/pairs.txt --output out
 *
 * Data: 5,624 faces of 268 people of CelebA, 30 more people held out. Cost: 22 minutes on one core of an AMD EPYC (Zen 3),
 * including face detection; 275,280 images seen, each 49 times. Score: LFW 83.4 +- 0.6 %, untrained 60.6 +- 0.6 %, all ten folds
 * (results/convnet-64.json).
 */
import { runRecipe, type Settings } from "./run-recipe.ts";

export const settings: Settings = {
  network: "convnet-64",
  steps: 2000,
  optimizer: "adagrad",
  initialAccumulator: 0.1,
  epsilon: 0,
  learningRate: 0.05,
  rateSchedule: "step",
  warmup: 0,
  weightDecay: 0,
  peoplePerBatch: 24,
  imagesPerPerson: 6,
  chunk: 144,
  augment: ["flip", "crop", "colour"],
  evaluateEvery: 100,
  checkpointMinutes: 2,
  threads: 1,
  loaders: 1,
};

if (import.meta.main) await runRecipe("convnet-64", settings);
