/** Entry of a worker thread that computes some rows of a k-NN graph and ends. */
import { parentPort, workerData } from "node:worker_threads";
import { reasonOf } from "../errors.ts";
import { type NearestOthers, type NearestOthersOptions, nearestOthers, type SharedCodes } from "./nearest-others.ts";

export type GraphPart = SharedCodes &
  Pick<NearestOthersOptions, "first" | "last" | "k"> & {
    /** [2] shared: 1 to stop; faces done by all threads */
    readonly state: Int32Array;
  };
export type GraphReply = { readonly part: NearestOthers | undefined } | { readonly failed: string };

const part = workerData as GraphPart;
const onDone = (faces: number): boolean => {
  Atomics.add(part.state, 1, faces);
  Atomics.notify(part.state, 1);
  return Atomics.load(part.state, 0) === 0;
};

try {
  parentPort?.postMessage({ part: await nearestOthers(part, { ...part, onDone }) } satisfies GraphReply);
} catch (error) {
  parentPort?.postMessage({ failed: reasonOf(error) } satisfies GraphReply);
}
