/**
 * Counting distances on all cores: each thread takes a part of the rows and multiplies and counts for itself. One thread cannot
 * keep two cores busy, as the runtime multiplies in the thread that asks for it.
 */
import { Worker } from "node:worker_threads";
import { FaceNetError } from "../errors.ts";
import { type EmbeddingMatrix, rowsOf } from "../metric/embedding-matrix.ts";

export type CountJob = {
  readonly left: EmbeddingMatrix;
  readonly right: EmbeddingMatrix;
  /** [1] shared; anything but 0: stop. A thread that is ended in the midst of the runtime's work takes the process with it. */
  readonly stop: Int32Array;
};
/** Pairs since the last message, or in the end the counts. */
export type CountMessage = { readonly pairs: number } | { readonly counts: Float64Array };

export type CountOptions = {
  readonly workers: number;
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the pairs counted since it was called last. */
  readonly onPairs: (pairs: number) => void;
};

/**
 * Counts the distances of every row of `left` to every row of `right`.
 *
 * @returns histograms, one a thread, to be added up
 * @throws FaceNetError INTERNAL; the signal's reason
 */
export async function countInThreads(
  left: EmbeddingMatrix,
  right: EmbeddingMatrix,
  { workers, signal, onPairs }: CountOptions,
): Promise<Float64Array[]> {
  signal?.throwIfAborted();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const halt = () => void Atomics.store(stop, 0, 1);
  signal?.addEventListener("abort", halt, { once: true });
  try {
    const threads = partsOf(left, workers).map((part) => countsOf({ left: part, right, stop }, onPairs));
    const all = Promise.all(threads); // fails with the first to fail; without it the others count for nothing
    all.catch(halt);
    await Promise.allSettled(threads);
    signal?.throwIfAborted();
    return await all;
  } finally {
    signal?.removeEventListener("abort", halt);
  }
}

/** What a thread counted, when it has ended. */
function countsOf(job: CountJob, onPairs: (pairs: number) => void): Promise<Float64Array> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(threadFile(), { workerData: job, execArgv: [] });
    let counts: Float64Array | undefined;
    const failed = (reason: string, cause?: unknown) =>
      reject(new FaceNetError("INTERNAL", { reason: `counting distances ${reason}` }, cause));
    worker.on("message", (message: CountMessage) => {
      if ("counts" in message) counts = message.counts;
      else onPairs(message.pairs);
    });
    worker.on("error", (error) => failed(`failed: ${error.message}`, error));
    worker.on("exit", (code) => (counts ? resolve(counts) : failed(`ended with code ${code}`)));
  });
}

/** Parts of nearly as many rows each. */
function partsOf(matrix: EmbeddingMatrix, count: number): EmbeddingMatrix[] {
  const rows = rowsOf(matrix);
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [Math.floor((i * rows) / count), Math.floor(((i + 1) * rows) / count)];
    return { ...matrix, rows: matrix.rows.slice(from * matrix.size, to * matrix.size) } as EmbeddingMatrix;
  });
}

function threadFile(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./count-thread.ts" : "./count-thread.js", import.meta.url);
}
