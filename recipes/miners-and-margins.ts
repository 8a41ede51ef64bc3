import { join } from "node:path";
import { settings } from "./convnet-64.ts";
import { placesFromCommandLine, type Settings, trainInto, writeResult } from "./run-recipe.ts";

const short: Settings = {
  ...settings,
  steps: 120,
  peoplePerBatch: 16,
  imagesPerPerson: 4,
  chunk: 64,
  evaluateEvery: 120,
  checkpointMinutes: 60,
};

const runs: Record<string, Settings> = {
  "semi-hard, margin 0.2": {},
  "random-violator, margin 0.2": { miner: "random-violator" },
  "batch-hard, margin 0.2": { miner: "batch-hard" },
  "batch-all, margin 0.2": { miner: "batch-all" },
  "semi-hard, margin 0.1": { margin: 0.1 },
  "semi-hard, margin 0.5": { margin: 0.5 },
  "am-softmax": { loss: "am-softmax" },
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
