/**
 * A network from random weights, small enough for a processor.
 *
 *     node recipes/convnet-64.ts --training celeba-faces --images lfw/images --pairs lfw/pairs.txt --output out
 *
 * Data: 5,624 faces of 268 people of CelebA, 30 more people held out. Cost: 3.6 ms of one core of an AMD EPYC for each of 37,432
 * images, and some minutes to find the faces. Score: LFW 75.9 +- 1.2 % over the first four folds, untrained 59.7 +- 1.0 %
 * (results/convnet-64.json). That run was planned for 300 steps and stopped at 272: its rate fell after step 240, here it does after 218.
 */
import { runRecipe, type Settings } from "./run-recipe.ts";

export const settings: Settings = {
  network: "convnet-64",
  steps: 2000,
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
