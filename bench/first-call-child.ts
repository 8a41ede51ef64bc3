/** Child process of first-call.ts: prints the durations of import, loading and first calls. */
import { spreadOf } from "./measure.ts";

export type FirstCallTimes = { importMs: number; loadMs: number; firstMs: number; laterMs: number };

const photograph = process.argv[2];
if (photograph === undefined) throw new Error("usage: node bench/first-call-child.ts PHOTOGRAPH");

let last = performance.now();
const lap = (): number => {
  const start = last;
  last = performance.now();
  return last - start;
};
const { FaceNet } = await import("../src/index.ts");
const importMs = lap();
const facenet = await FaceNet.load();
const loadMs = lap();
await facenet.embed(photograph);
const firstMs = lap();
const later: number[] = [];
for (let i = 0; i < 10; i++) {
  await facenet.embed(photograph);
  later.push(lap());
}
console.log(JSON.stringify({ importMs, loadMs, firstMs, laterMs: spreadOf(later).median } satisfies FirstCallTimes));
await facenet.dispose();
