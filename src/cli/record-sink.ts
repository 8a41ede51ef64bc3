/** Where the records of a stream go: to standard output as text, or into a file. */
import type { BatchItem } from "../faces/batch.ts";
import { jsonText } from "../files/json-text.ts";

export type RecordSink<T> = {
  /** Failed photographs are among the records, so that they need not be told of again. */
  readonly showsFailures: boolean;
  readonly write: (item: BatchItem<T>) => Promise<void>;
  /** Every photograph was seen. */
  readonly finish: () => Promise<void>;
  /** The work was interrupted: keeps what there is and says in which file, if in any. */
  readonly interrupt: () => Promise<string | undefined>;
  /** The work failed: leaves nothing half written behind. */
  readonly discard: () => Promise<void>;
};

const nothing = async (): Promise<undefined> => undefined;

/** A sink that writes text as it comes and has nothing to close. */
export function textSink<T>(
  write: (text: string) => Promise<void>,
  textOf: (item: BatchItem<T>) => string,
  { showsFailures }: { showsFailures: boolean },
): RecordSink<T> {
  const writeItem = async (item: BatchItem<T>): Promise<void> => {
    const text = textOf(item);
    if (text !== "") await write(text);
  };
  return { showsFailures, write: writeItem, finish: nothing, interrupt: nothing, discard: nothing };
}

/** One JSON object a photograph and line; a failed one has `error` with code and message. */
export function jsonLinesSink<T>(write: (text: string) => Promise<void>): RecordSink<T> {
  return textSink(write, (item) => `${jsonText(recordOf(item))}\n`, { showsFailures: true });
}

/** What a JSON line says of one photograph. */
function recordOf<T>(item: BatchItem<T>): unknown {
  if (item.ok) return item.value;
  return { image: item.image, error: { code: item.error.code, message: item.error.message } };
}
