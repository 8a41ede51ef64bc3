/** Writes a stream of records to its sink, and reports the outcome at the end. */
import type { ExitCode, FaceNetError } from "../errors.ts";
import type { BatchItem } from "../faces/batch.ts";
import { counted } from "./counted.ts";
import { Interruption } from "./interruption.ts";
import { failureLines, outcomeExitCode, outcomeText } from "./outcome.ts";
import type { RecordSink } from "./record-sink.ts";
import type { Terminal } from "./terminal.ts";

export type StreamRun<T> = {
  readonly sink: RecordSink<T>;
  /** Total number of photographs. */
  readonly total: number;
  readonly terminal: Pick<Terminal, "note">;
  readonly signal: AbortSignal;
};

/** @throws what the stream throws, except interruptions, which are a regular outcome */
export async function runStream<T>(
  items: AsyncIterable<BatchItem<T>>,
  { sink, total, terminal, signal }: StreamRun<T>,
): Promise<ExitCode> {
  const failures: FaceNetError[] = [];
  let done = 0;
  try {
    for await (const item of items) {
      if (!item.ok) failures.push(item.error);
      await sink.write(item);
      done++;
    }
    await sink.finish();
  } catch (error) {
    if (!(error instanceof Interruption) || !signal.aborted) {
      await sink.discard();
      throw error;
    }
    const kept = await sink.interrupt();
    const failed = failures.length > 0 ? ` (${failures.length} failed)` : "";
    const where = kept ? `; they are in ${kept}` : "";
    terminal.note(`facenet: ${error.message} after ${done} of ${counted(total, "photograph")}${failed}${where}`);
    return error.exitCode;
  }
  const outcome = { done: done - failures.length, failures };
  if (!sink.showsFailures) for (const line of failureLines(outcome)) terminal.note(line);
  terminal.note(`facenet: ${outcomeText(outcome)}`);
  return outcomeExitCode(outcome);
}
