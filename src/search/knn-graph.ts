/**
 * Exact k-NN graph for clustering. Worker threads share the faces, so that they are searched in parallel and the event
 * loop stays responsive.
 */
import { availableParallelism } from "node:os";
import { runInThread } from "../engine/threads.ts";
import type { GraphPart } from "./knn-graph-thread.ts";
import { type NearestOthers, nearestOthers } from "./nearest-others.ts";

/** With fewer faces, starting a thread takes longer than the work. */
const WORTH_A_THREAD = 2000;
const PROGRESS_MS = 200;

export type KnnGraph = NearestOthers & {
  /** number of faces */
  readonly size: number;
  /** Neighbours per face: as requested, or all others if there are fewer. */
  readonly k: number;
};

export type KnnGraphOptions = {
  /** Bytes of a code. */
  readonly dimensions: number;
  /** Neighbours per face, 1 or more. */
  readonly k: number;
  /** Default: all cores. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Called a few times per second with the number of finished faces. */
  readonly onProgress?: (done: number) => void;
};

/**
 * @param codes [n, dimensions]
 * @throws RangeError for k below 1 or codes of another size; the signal's reason
 * @example
 * const { neighbours, distances } = await knnGraph(codes, { dimensions: 128, k: 20 }); // each [n, 20]
 */
export async function knnGraph(
  codes: Int8Array,
  { dimensions, k: wanted, threads = availableParallelism(), signal, onProgress }: KnnGraphOptions,
): Promise<KnnGraph> {
  if (!Number.isInteger(wanted) || wanted < 1) throw new RangeError(`k must be an integer of 1 or more, got ${wanted}`);
  if (codes.length % dimensions !== 0) throw new RangeError(`codes of ${dimensions} bytes expected, got ${codes.length} bytes`);
  signal?.throwIfAborted();
  const size = codes.length / dimensions;
  const k = Math.max(0, Math.min(wanted, size - 1));
  if (k === 0) return { size, k, neighbours: new Uint32Array(0), distances: new Float32Array(0) };
  if (size < WORTH_A_THREAD) {
    const rows = (await nearestOthers({ codes, dimensions }, { first: 0, last: size, k })) as NearestOthers;
    return { size, k, ...rows };
  }

  const shared = new Int8Array(new SharedArrayBuffer(codes.length));
  shared.set(codes);
  const state = new Int32Array(new SharedArrayBuffer(8));
  const stop = () => Atomics.store(state, 0, 1);
  signal?.addEventListener("abort", stop, { once: true });
  const timer = onProgress && setInterval(() => onProgress(Atomics.load(state, 1)), PROGRESS_MS);
  try {
    const parts = await Promise.all(
      Array.from({ length: threads }, (_, i) => {
        const [first, last] = [Math.floor((i * size) / threads), Math.floor(((i + 1) * size) / threads)];
        return runPart({ codes: shared, dimensions, first, last, k, state });
      }),
    );
    signal?.throwIfAborted();
    return joined(parts as NearestOthers[], size, k);
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", stop);
  }
}

async function runPart(part: GraphPart): Promise<NearestOthers | undefined> {
  try {
    return await runInThread({ entry: "./knn-graph-thread", base: import.meta.url, data: part });
  } catch (error) {
    Atomics.store(part.state, 0, 1); // stop the other threads
    throw error;
  }
}

function joined(parts: readonly NearestOthers[], size: number, k: number): KnnGraph {
  const neighbours = new Uint32Array(size * k);
  const distances = new Float32Array(size * k);
  let at = 0;
  for (const part of parts) {
    neighbours.set(part.neighbours, at);
    distances.set(part.distances, at);
    at += part.neighbours.length;
  }
  return { size, k, neighbours, distances };
}
