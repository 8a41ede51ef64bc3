/**
 * Measures how many corrections survive random changes to files. A library of real photographs, including bursts, is edited,
 * moved, named, clustered and indexed at random; at the end the gallery is compared with the corrections made.
 *
 *   FACENET_DATA=folder node scripts/corrections-survive.ts [--photographs 1000] [--steps 2000] [--seed 1]
 *     [--json bench/results/corrections-survive-HARDWARE.json]
 *
 * `test/gallery/corrections-survive.test.ts` is the short version, on synthetic faces.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "../bench/machine.ts";
import { FaceNet } from "../src/faces/facenet.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import { LibrarySimulation } from "../test/gallery/library-simulation.ts";
import { realLibrary } from "../test/gallery/real-world.ts";

const { values } = parseArgs({
  options: {
    photographs: { type: "string", default: "1000" },
    steps: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
  },
});
const data = process.env.FACENET_DATA;
if (data === undefined) throw new Error("FACENET_DATA must name a folder with lfw/, photographs/ and population/");
const [photographs, steps, seed] = [Number(values.photographs), Number(values.steps), Number(values.seed)];

const random = seededRandom(seed);
const folder = await mkdtemp(join(tmpdir(), "facenet-corrections-"));
const facenet = await FaceNet.load();
const other = await FaceNet.load({ model: "mobilefacenet.faceplugin-512" });
const start = performance.now();
const { pictures, world } = await realLibrary(data, photographs, random, { facenet, other });
console.log(`${pictures.length} photographs embedded after ${seconds()} s`);
const library = new LibrarySimulation(world, folder, random);
await library.start(pictures);
for (let i = 1; i <= steps; i++) {
  await library.step();
  if (i % 100 === 0) console.log(`${i} steps after ${seconds()} s`);
}
const outcome = await library.judge();
await library.close();
const result = {
  machine: await describeMachine(),
  measured: new Date().toISOString().slice(0, 10),
  photographs,
  seed,
  seconds: seconds(),
  share: outcome.placed / outcome.statements,
  ...outcome,
};
console.log(JSON.stringify(result, undefined, 2));
if (values.json) await writeFile(values.json, `${JSON.stringify(result, undefined, 2)}\n`);
await Promise.all([facenet.dispose(), other.dispose()]);
await rm(folder, { recursive: true });

function seconds(): number {
  return Math.round((performance.now() - start) / 1000);
}
