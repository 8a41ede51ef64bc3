/** Entry point of a worker thread: one pipeline, jobs in and results out by message. */
import { parentPort, workerData } from "node:worker_threads";
import { packError } from "../engine/threads.ts";
import { FacePipeline, type PipelineModels } from "./face-pipeline.ts";
import { createStageTimer } from "./stage-times.ts";
import type { WorkerReply, WorkerRequest } from "./worker-pool.ts";

const port = parentPort;
if (!port) throw new Error("worker-thread.ts runs in a worker thread only");

// libheif prints to the console for damaged files; keep that out of the program's output.
process.stdout.write = () => true;

const reply = (message: WorkerReply): void => port.postMessage(message);

// One ONNX Runtime thread per worker: processing photographs in parallel scales better than
// splitting the small layers of one photograph among cores.
const loading = FacePipeline.create(workerData as PipelineModels, 1);
loading.then(
  () => reply({ kind: "ready" }),
  (error: unknown) => reply({ kind: "failed-to-load", error: packError(error) }),
);

const running = new Set<Promise<void>>();

async function run({ id, job }: Extract<WorkerRequest, { kind: "run" }>): Promise<void> {
  try {
    const pipeline = await loading;
    const { timed, times } = createStageTimer(() => performance.now());
    reply({ kind: "done", id, result: await pipeline.run(job, timed), times });
  } catch (error) {
    reply({ kind: "failed", id, error: packError(error) });
  }
}

async function close(): Promise<void> {
  await Promise.all(running);
  const pipeline = await loading.catch(() => undefined);
  await pipeline?.dispose();
  port?.close();
}

port.on("message", (request: WorkerRequest) => {
  if (request.kind === "close") return void close();
  const promise = run(request).finally(() => running.delete(promise));
  running.add(promise);
});
