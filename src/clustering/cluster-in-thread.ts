/** Clustering beside the event loop: seconds of work for a hundred thousand faces. */
import { Worker } from "node:worker_threads";
import { FaceNetError } from "../errors.ts";
import type { ClusterJob } from "./cluster-thread.ts";

/**
 * {@link clusterFaces} in a thread of its own. Arrays of the job go over to it: they are empty afterwards.
 *
 * @throws FaceNetError INTERNAL; the signal's reason
 */
export async function clusterInThread(job: ClusterJob, signal?: AbortSignal): Promise<Int32Array> {
  signal?.throwIfAborted();
  const file = import.meta.url.endsWith(".ts") ? "./cluster-thread.ts" : "./cluster-thread.js";
  const { neighbours, distances } = job.graph;
  const transferList = [neighbours.buffer, distances.buffer, job.vectors.buffer].filter(
    (buffer) => buffer instanceof ArrayBuffer,
  );
  const worker = new Worker(new URL(file, import.meta.url), { workerData: job, execArgv: [], transferList });
  const stop = () => void worker.terminate();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.on("message", resolve);
      worker.on("error", (error) =>
        reject(new FaceNetError("INTERNAL", { reason: `clustering failed: ${error.message}` }, error)),
      );
      worker.on("exit", (code) =>
        reject(signal?.aborted ? signal.reason : new FaceNetError("INTERNAL", { reason: `clustering ended with code ${code}` })),
      );
    });
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
