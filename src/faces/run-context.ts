import type { Progress } from "./batch.ts";
import type { FaceNet, FaceNetOptions } from "./facenet.ts";

/** What long-running work gets from its caller: models, cancellation and a place to report progress. */
export type RunContext = {
  /** Loads models. The caller disposes of them. */
  readonly load: (options: FaceNetOptions) => Promise<FaceNet>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
};
