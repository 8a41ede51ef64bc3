/** Worker threads: starting them, one job per thread, and errors across the thread boundary, where they lose their class. */
import { parentPort, type ResourceLimits, type Transferable, Worker, workerData } from "node:worker_threads";
import { FaceNetError, type FaceNetErrorCode, reasonOf } from "../errors.ts";

export type PackedError = { readonly code: FaceNetErrorCode; readonly data: FaceNetError["data"] };

export function packError(error: unknown): PackedError {
  if (error instanceof FaceNetError) return { code: error.code, data: error.data };
  return { code: "INTERNAL", data: { reason: reasonOf(error) } };
}

export function unpackError({ code, data }: PackedError): FaceNetError {
  return new FaceNetError(code, data);
}

export type ThreadOptions = {
  /** File of the thread without extension, relative to `base`: .ts in a checkout, .js in a build. */
  readonly entry: string;
  /** `import.meta.url` of the caller. */
  readonly base: string;
  /** `workerData` of the thread. */
  readonly data: unknown;
  /** Buffers to transfer to the thread; they are empty here afterwards. */
  readonly transferList?: Transferable[];
  readonly resourceLimits?: ResourceLimits;
};

/** @param onFailure called with INTERNAL when the thread throws or exits */
export function startThread(
  { entry, base, data, transferList = [], resourceLimits = {} }: ThreadOptions,
  onFailure: (error: FaceNetError) => void,
): Worker {
  const file = new URL(`${entry}.${base.endsWith(".ts") ? "ts" : "js"}`, base);
  // Without execArgv, a thread inherits the flags of the process and rejects some, such as --input-type.
  const worker = new Worker(file, { workerData: data, execArgv: [], transferList, resourceLimits });
  const fail = (what: string, cause?: unknown) =>
    onFailure(new FaceNetError("INTERNAL", { reason: `a worker thread ${what}` }, cause));
  worker.on("error", (error) => fail(`failed: ${error.message}`, error));
  worker.on("exit", (code) => fail(`ended with code ${code}`));
  return worker;
}

type Reply<T, P> = { readonly result: T } | { readonly progress: P } | { readonly error: PackedError };

export type ThreadJob<P> = ThreadOptions & {
  readonly onProgress?: (progress: P) => void;
  /** Terminates the thread; not for one that runs ONNX Runtime, which would crash the process. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * Runs a thread whose entry calls {@link answerInThread}.
 *
 * @throws FaceNetError what the thread throws, INTERNAL if it ends without a result; the signal's reason
 */
export async function runInThread<T, P = never>({ onProgress, signal, ...options }: ThreadJob<P>): Promise<T> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const worker = startThread(options, reject);
  worker.on("message", (reply: Reply<T, P>) => {
    if ("progress" in reply) onProgress?.(reply.progress);
    else if ("error" in reply) reject(unpackError(reply.error));
    else resolve(reply.result);
  });
  const abort = () => {
    reject(signal?.reason);
    void worker.terminate();
  };
  signal?.addEventListener("abort", abort, { once: true });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/**
 * In a thread: computes the result for its `workerData` and posts it, or the error. @param transfer buffers of the result to
 * transfer
 */
export async function answerInThread<D, T, P = never>(
  work: (data: D, report: (progress: P) => void) => T | Promise<T>,
  transfer: (result: T) => Transferable[] = () => [],
): Promise<void> {
  const post = (reply: Reply<T, P>, transferList: Transferable[] = []) => parentPort?.postMessage(reply, transferList);
  try {
    const result = await work(workerData as D, (progress) => post({ progress }));
    post({ result }, transfer(result));
  } catch (error) {
    post({ error: packError(error) });
  }
}
