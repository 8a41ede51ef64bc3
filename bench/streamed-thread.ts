/** Thread of streamed.ts: one pipeline, with the time spent in decoding and in networks. */
import { parentPort, workerData } from "node:worker_threads";
import { OnnxNetwork } from "../src/engine/onnx-network.ts";
import { createStageTimer } from "../src/faces/stage-times.ts";
import { defaultJob, loadPipeline } from "./load-pipeline.ts";

export type Parts = { readonly decodeMs: number; readonly networkMs: number; readonly totalMs: number };

let networkMs = 0;
const { run } = OnnxNetwork.prototype;
let last: Promise<unknown> = Promise.resolve();
/** Runs block the thread, so that none is counted twice. */
const timedRun: typeof run = async function (this: OnnxNetwork, inputs: Parameters<typeof run>[0]) {
  const before = last;
  const finished = before.then(async () => {
    const start = performance.now();
    const outputs = await run.call(this, inputs);
    networkMs += performance.now() - start;
    return outputs;
  });
  last = finished.catch(() => undefined);
  return finished;
} as typeof run;
OnnxNetwork.prototype.run = timedRun;

const pipeline = await loadPipeline();
parentPort?.on("message", async (message: "run" | "end") => {
  if (message === "end") {
    await pipeline.dispose();
    parentPort?.close();
    return;
  }
  networkMs = 0;
  let decodeMs = 0;
  const start = performance.now();
  for (const path of workerData as readonly string[]) {
    const { timed, times } = createStageTimer(() => performance.now());
    await pipeline.run(defaultJob(path, "embed"), timed);
    decodeMs += times.decode ?? 0;
  }
  parentPort?.postMessage({ decodeMs, networkMs, totalMs: performance.now() - start } satisfies Parts);
});
parentPort?.postMessage("ready");
