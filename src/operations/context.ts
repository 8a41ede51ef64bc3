/** Execution context of operations: loads each model once and frees it at the end. */
import { FaceNet, type FaceNetOptions } from "../faces/facenet.ts";
import { borrowGallery } from "../gallery/access/borrow-gallery.ts";
import { machineUser, signed } from "../gallery/access/signed-gallery.ts";
import type { OperationContext } from "./operation.ts";

/** A context whose creator calls `dispose` at the end. */
export type DisposableContext = OperationContext & {
  /** Frees every model loaded through this context. */
  readonly dispose: () => Promise<void>;
};

export type ContextOptions = Pick<OperationContext, "signal" | "onProgress" | "onEvent" | "confirm"> & {
  /** Loads models; replaceable in tests. Default `FaceNet.load`. */
  readonly loadFaceNet?: (options: FaceNetOptions) => Promise<FaceNet>;
  /** Author of changes in galleries' journals. Default: the system user. */
  readonly by?: string | null;
};

/**
 * Creates a context that loads each set of model options once. Aborting the signal ends the wait for a model immediately;
 * `dispose` waits until loading has finished.
 *
 * @example
 * const context = createContext({ signal, onProgress: () => {} });
 * try { await verify.run(verify.input.parse({ left: "a.jpg", right: "b.jpg" }), context); }
 * finally { await context.dispose(); }
 */
export function createContext(options: ContextOptions): DisposableContext {
  const { signal, onProgress, onEvent, confirm, loadFaceNet = FaceNet.load, by = machineUser() } = options;
  const loaded = new Map<string, Promise<FaceNet>>();

  const load = ({ model, calibration, detector, threads, device }: FaceNetOptions): Promise<FaceNet> => {
    const key = JSON.stringify([model, calibration, detector, threads, device]);
    const facenet = loaded.get(key) ?? loadFaceNet({ model, calibration, detector, threads, device });
    loaded.set(key, facenet);
    return unlessAborted(facenet, signal);
  };

  const dispose = async (): Promise<void> => {
    const all = await Promise.allSettled(loaded.values());
    loaded.clear();
    await Promise.all(all.map((result) => result.status === "fulfilled" && result.value.dispose()));
  };

  return { load, borrowGallery: signed(borrowGallery, by), signal, onProgress, onEvent, confirm, dispose };
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
