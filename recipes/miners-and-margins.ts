/**
 * What miner and margin do, in runs so short that they compare little but their beginnings.
 *
 *     node recipes/miners-and-margins.ts --training celeba-faces --images lfw/images --pairs lfw/pairs.txt --output out
 *
 * Cost: about 20 s of one core a run. Scores: results/miners-and-margins.json.
 */
import { join } from "node:path";
import { settings } from "./convnet-64.ts";
import { placesFromCommandLine, type Settings, trainInto, writeResult } from "./run-recipe.ts";

const short: Settings = {
  ...settings,
  steps: 60,
  peoplePerBatch: 16,
  imagesPerPerson: 4,
  chunk: 64,
  evaluateEvery: 60,
  checkpointMinutes: 60,
};

const runs: Record<string, Settings> = {
  "semi-hard, margin 0.2": {},
  "batch-hard, margin 0.2": { miner: "batch-hard" },
  "random-violator, margin 0.2": { miner: "random-violator" },
  "semi-hard, margin 0.5": { margin: 0.5 },
};

const places = placesFromCommandLine();
const table: object[] = [];
for (const [name, changes] of Object.entries(runs)) {
  const folder = join(places.output, `short-${name.replaceAll(/[^a-z0-9]+/g, "-")}`);
  const { heldOut, untrained, loss } = await trainInto(folder, { ...short, ...changes }, places);
  table.push({ run: name, loss, untrained, heldOut });
  console.log(name, JSON.stringify(heldOut));
}
await writeResult("miners-and-margins", { settings: short, table });
