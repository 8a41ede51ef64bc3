/** Worker thread that counts the distances of some rows of a matrix to all rows of another. */
import { answerInThread } from "../engine/threads.ts";
import { type CountJob, DistanceStream } from "./distance-stream.ts";

const PROGRESS_MS = 200;

await answerInThread<CountJob, Float64Array, number>(
  async ({ left, right, stop }, report) => {
    let [reported, reportedAt] = [0, performance.now()];
    const onPairs = (done: number): void => {
      if (Atomics.load(stop, 0) !== 0) throw new Error("stopped");
      if (performance.now() - reportedAt < PROGRESS_MS) return;
      report(done - reported);
      [reported, reportedAt] = [done, performance.now()];
    };
    const stream = await DistanceStream.create(left, { workers: 1, onPairs });
    return stream.count(left, right).finally(() => stream.dispose());
  },
  (counts) => [counts.buffer as ArrayBuffer],
);
