/** Jobs of the service as they go on, read from its server-sent events. */
import type { CallOptions, ClientOptions } from "./create-client.ts";
import { watchEvents } from "./watch-events.ts";

/** How a job stands. */
export type Job = {
  readonly id: string;
  readonly operation: string;
  readonly state: "waiting" | "running" | "done" | "failed" | "cancelled";
  readonly createdAt: string;
  readonly endedAt: string | null;
  readonly progress: { readonly done: number; readonly failed: number; readonly faces: number; readonly total?: number } | null;
  readonly result: unknown;
  readonly error: { readonly code: string; readonly message: string } | null;
};

/**
 * The job, again whenever it has changed, until it has ended.
 *
 * @example for await (const { progress } of watchJob(id, { url })) console.log(progress?.done);
 */
export function watchJob(id: string, options: ClientOptions & CallOptions): AsyncGenerator<Job> {
  return watchEvents(`/v1/jobs/${encodeURIComponent(id)}/events`, options);
}
