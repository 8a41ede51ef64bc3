/** Jobs of the service as they go on, read from its server-sent events. */
import { type CallOptions, type ClientOptions, ServiceError } from "./create-client.ts";

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
export async function* watchJob(
  id: string,
  { url, key, fetch: request = fetch, signal }: ClientOptions & CallOptions,
): AsyncGenerator<Job> {
  const headers = new Headers({ accept: "text/event-stream" });
  if (key !== undefined) headers.set("authorization", `Bearer ${key}`);
  const answer = await request(`${url}/v1/jobs/${encodeURIComponent(id)}/events`, { headers, signal: signal ?? null });
  if (!answer.ok || !answer.body) {
    const details = { code: "INTERNAL", status: answer.status, requestId: undefined, retryAfterSeconds: undefined };
    throw new ServiceError(`the service answered ${answer.status}`, details);
  }
  let text = "";
  for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) yield JSON.parse(data) as Job;
    }
  }
}
