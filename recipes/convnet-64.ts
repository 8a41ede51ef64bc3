import { runRecipe, type Settings } from "./run-recipe.ts";

export const settings: Settings = {
  network: "convnet-64",
  steps: 300,
  peoplePerBatch: 24,
  imagesPerPerson: 6,
  chunk: 144,
  augment: ["flip", "crop", "colour"],
  evaluateEvery: 60,
  checkpointMinutes: 2,
  threads: 1,
  loaders: 1,
};

if (import.meta.main) await runRecipe("convnet-64", settings);
