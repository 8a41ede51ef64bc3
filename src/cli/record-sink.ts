/** Destination of a stream of records: standard output as text, or a file. */
import { failureOf } from "../errors.ts";
import type { BatchItem } from "../faces/batch.ts";
import { jsonText } from "../files/json-text.ts";
import type { PrintOptions } from "./print-options.ts";
import type { Terminal } from "./terminal.ts";

export type RecordSink<T> = {
  /** Whether failed photographs are part of the output and need not be reported separately. */
  readonly showsFailures: boolean;
  readonly write: (item: BatchItem<T>) => Promise<void>;
  /** Called after the last photograph. */
  readonly finish: () => Promise<void>;
  /** Called on interruption: keeps written records and returns their file, if any. */
  readonly interrupt: () => Promise<string | undefined>;
  /** Called on failure: removes partial output. */
  readonly discard: () => Promise<void>;
};

type Printing = { readonly options: PrintOptions; readonly terminal: Pick<Terminal, "print"> };

const nothing = async (): Promise<undefined> => undefined;

/** A sink that writes text immediately and needs no closing. */
export function textSink<T>(
  write: (text: string) => Promise<void>,
  textOf: (item: BatchItem<T>) => string,
  { showsFailures = false } = {},
): RecordSink<T> {
  const writeItem = async (item: BatchItem<T>): Promise<void> => {
    const text = textOf(item);
    if (text !== "") await write(text);
  };
  return { showsFailures, write: writeItem, finish: nothing, interrupt: nothing, discard: nothing };
}

/** Standard output: JSON lines for programs, otherwise the text of every record. */
export function recordSink<T>({ options, terminal }: Printing, textOf: (value: T) => string): RecordSink<T> {
  const print = terminal.print.bind(terminal);
  return options.json ? jsonLinesSink(print) : textSink(print, (item) => (item.ok ? textOf(item.value) : ""));
}

/** One JSON object per photograph and line; a failed one has `error` with code and message. */
export function jsonLinesSink<T>(write: (text: string) => Promise<void>): RecordSink<T> {
  return textSink(write, (item) => `${jsonText(recordOf(item))}\n`, { showsFailures: true });
}

/** Content of the JSON line of a photograph. */
function recordOf<T>(item: BatchItem<T>): unknown {
  if (item.ok) return item.value;
  return { image: item.image, error: failureOf(item.error) };
}
