/**
 * Peak memory of training: two steps of a network with AdaGrad, in chunks, in a separate process. Prints the peak resident set in
 * bytes.
 *
 *     node bench/training-memory.ts nn1 90 30
 */
import { initialParameters, planNetwork } from "../src/engine/graph/network.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import { findNetwork } from "../src/models/networks/registry.ts";
import { NetworkTrainer } from "../src/training/network-trainer.ts";

const [name = "", batch = "", chunk = batch] = process.argv.slice(2);
if (!(Number(batch) >= Number(chunk) && Number(chunk) > 0))
  throw new Error("usage: node bench/training-memory.ts NETWORK BATCH [CHUNK]");

const plan = planNetwork(findNetwork(name));
const random = seededRandom(1);
const trainer = NetworkTrainer.create(plan, initialParameters(plan, random), { optimiser: { kind: "adagrad" }, threads: 2 });
const { height, width } = plan.network.input;
for (let step = 0; step < 2; step++) {
  for (let from = 0; from < Number(batch); from += Number(chunk)) {
    const images = Math.min(Number(chunk), Number(batch) - from);
    const uniform = (count: number) => {
      const values = new Float32Array(count);
      for (let i = 0; i < count; i++) values[i] = random() * 2 - 1;
      return values;
    };
    const faces = { data: uniform(images * 3 * height * width), dims: [images, 3, height, width] };
    await trainer.accumulate(faces, { data: uniform(images * plan.dimensions), dims: [images, plan.dimensions] });
  }
  await trainer.step(0.001);
}
console.log(JSON.stringify({ peakBytes: process.resourceUsage().maxRSS * 1024 }));
await trainer.dispose();
