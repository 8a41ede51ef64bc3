/** Entry of a worker thread that counts the distances of some rows to all of another matrix, and ends. */
import { parentPort, workerData } from "node:worker_threads";
import { type CountJob, type CountMessage, DistanceStream } from "./distance-stream.ts";

/** Often enough to show that something happens. */
const MESSAGE_EVERY_MS = 200;

const { left, right, stop } = workerData as CountJob;
let [told, toldAt] = [0, performance.now()];
const onPairs = (done: number): void => {
  if (Atomics.load(stop, 0) !== 0) throw new Error("was stopped");
  if (performance.now() - toldAt < MESSAGE_EVERY_MS) return;
  parentPort?.postMessage({ pairs: done - told } satisfies CountMessage);
  [told, toldAt] = [done, performance.now()];
};
const stream = await DistanceStream.create(left, { workers: 1, onPairs });
const counts = await stream.count(left, right).finally(() => stream.dispose());
parentPort?.postMessage({ counts } satisfies CountMessage, [counts.buffer as ArrayBuffer]);
