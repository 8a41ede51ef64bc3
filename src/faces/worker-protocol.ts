/** What workers are told and say, and how errors cross the border between threads (their class does not). */
import { FaceNetError, type FaceNetErrorCode, reasonOf } from "../errors.ts";
import type { PipelineJob, PipelineResult } from "./face-pipeline.ts";
import type { StageTimes } from "./stage-times.ts";

type PackedError = { readonly code: FaceNetErrorCode; readonly data: Readonly<Record<string, unknown>> };

/** "close": finish what is running, free the models, end. */
export type WorkerRequest = { readonly kind: "run"; readonly id: number; readonly job: PipelineJob } | { readonly kind: "close" };

export type WorkerReply =
  | { readonly kind: "ready" }
  | { readonly kind: "failed-to-load"; readonly error: PackedError }
  | { readonly kind: "done"; readonly id: number; readonly result: PipelineResult; readonly times: StageTimes }
  | { readonly kind: "failed"; readonly id: number; readonly error: PackedError };

export function packError(error: unknown): PackedError {
  if (error instanceof FaceNetError) return { code: error.code, data: error.data };
  return { code: "INTERNAL", data: { reason: reasonOf(error) } };
}

export function unpackError({ code, data }: PackedError): FaceNetError {
  return new FaceNetError(code, data);
}
