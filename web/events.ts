/** Server-sent events, read with `fetch`: unlike EventSource it sends the key. */
import { requireAnswer } from "./service-error.ts";
import { withKey } from "./session.ts";

/** What each event holds, until the service ends them. @throws ServiceError, and what `fetch` throws */
export async function* events<T>(path: string, signal: AbortSignal): AsyncGenerator<T> {
  const { body } = await requireAnswer(await fetch(path, { headers: withKey({ accept: "text/event-stream" }), signal }));
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done) return;
    text += value;
    const complete = text.split("\n\n");
    text = complete.pop() ?? "";
    for (const event of complete) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) yield JSON.parse(data) as T;
    }
  }
}
