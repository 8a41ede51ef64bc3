/** Sends the records of a stream to their sink, and tells at the end what became of the photographs. */
import { type ExitCode, FaceNetError } from "../errors.ts";
import type { BatchItem } from "../faces/batch.ts";
import { errorText } from "./error-text.ts";
import { exitCodeOfBatch } from "./exit-codes.ts";
import { Interruption } from "./interruption.ts";
import type { RecordSink } from "./record-sink.ts";
import type { Terminal } from "./terminal.ts";

export type StreamRun<T> = {
  readonly sink: RecordSink<T>;
  /** photographs in all */
  readonly total: number;
  readonly terminal: Pick<Terminal, "note">;
  readonly signal: AbortSignal;
};

/** @throws what the stream throws, but for the signal's interruption, which is an outcome like another */
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
    terminal.note(`facenet: ${error.message} after ${done} of ${total} photographs${kept ? `; they are in ${kept}` : ""}`);
    return error.exitCode;
  }
  if (!sink.showsFailures) for (const line of failureLines(failures, total)) terminal.note(line);
  return exitCodeOfBatch(done - failures.length, failures);
}

/** One line for a single photograph; for more how many failed, and each with its reason. */
export function failureLines(failures: readonly { readonly message: string }[], total: number): string[] {
  if (failures.length === 0) return [];
  const lines = failures.map((failure) => (failure instanceof FaceNetError ? errorText(failure) : failure.message));
  if (total === 1) return lines.map((line) => `facenet: ${line}`);
  return [`facenet: ${failures.length} of ${total} photographs failed:`, ...lines.map((line) => `  ${line}`)];
}
