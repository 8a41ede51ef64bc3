/** Server-sent events of the service, read with `fetch`: unlike EventSource it can send a key. */
import { type CallOptions, type ClientOptions, ServiceError } from "./create-client.ts";

/**
 * What each event holds.
 *
 * @throws ServiceError
 */
export async function* watchEvents<T>(
  path: string,
  { url, key, fetch: request = fetch, signal }: ClientOptions & CallOptions,
): AsyncGenerator<T> {
  const headers = new Headers({ accept: "text/event-stream" });
  if (key !== undefined) headers.set("authorization", `Bearer ${key}`);
  const answer = await request(`${url}${path}`, { headers, signal: signal ?? null });
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
      if (data !== undefined) yield JSON.parse(data) as T;
    }
  }
}
