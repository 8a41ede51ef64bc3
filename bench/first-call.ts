/** Start-up cost before the first result, each time in a new process, with files in the system's cache. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { FirstCallTimes } from "./first-call-child.ts";
import { type Bench, spreadOf } from "./measure.ts";
import { samplePaths } from "./samples.ts";

const child = fileURLToPath(new URL("./first-call-child.ts", import.meta.url));
const PROCESSES = 7;

const figures: readonly (readonly [keyof FirstCallTimes, string])[] = [
  ["importMs", "import of the library"],
  ["loadMs", "FaceNet.load()"],
  ["firstMs", "first embed() after it, 2 megapixels"],
  ["laterMs", "median of ten later ones"],
];

export const firstCall: Bench = async () => {
  const times: FirstCallTimes[] = [];
  for (let i = 0; i < PROCESSES; i++) {
    const { stdout } = await promisify(execFile)(process.execPath, [child, samplePaths[0] as string]);
    times.push(JSON.parse(stdout) as FirstCallTimes);
  }
  return figures.map(([figure, name]) => ({ name, unit: "ms", value: spreadOf(times.map((time) => time[figure])) }));
};
