import type { Progress } from "./batch.ts";
import type { FaceNet, FaceNetOptions } from "./facenet.ts";

/** Context of long-running work: models, cancellation and progress. */
export type RunContext = {
  /** Loads models. The caller disposes of them. */
  readonly load: (options: FaceNetOptions) => Promise<FaceNet>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
};
