/** An operation as a command: how its result is printed and which exit status that means. */
import type * as z from "zod";
import { type ExitCode, exitCodes } from "../errors.ts";
import type { BatchItem } from "../faces/batch.ts";
import { jsonText } from "../files/json-text.ts";
import type { AnswerOperation, OperationContext, StreamOperation } from "../operations/operation.ts";
import { parseInput } from "../operations/parse-input.ts";
import { plainText } from "./plain-text.ts";
import { jsonLinesSink, type RecordSink, textSink } from "./record-sink.ts";
import { runStream } from "./run-stream.ts";
import type { Style, Terminal } from "./terminal.ts";

/** An option that is about printing: the command line's own, not the operation's. */
export type PrintOption = { readonly flags: string; readonly description: string; readonly choices?: readonly string[] };

/** What the user gave for the print options; `json` every command has. */
export type PrintOptions = Readonly<Record<string, unknown>> & { readonly json?: boolean; readonly output?: string };

export type CommandRun = {
  readonly input: Readonly<Record<string, unknown>>;
  readonly options: PrintOptions;
  readonly terminal: Terminal;
  readonly context: OperationContext;
};

export type CliCommand = {
  readonly operation: Pick<AnswerOperation, "name" | "summary" | "positionals" | "examples" | "input">;
  readonly options: readonly PrintOption[];
  readonly run: (run: CommandRun) => Promise<ExitCode>;
};

export type AnswerView<O> = {
  readonly options?: readonly PrintOption[];
  /** The result for human eyes; without it, names and values as they are. */
  readonly text?: (result: O, style: Style, options: PrintOptions) => string;
  /** Default: 0. */
  readonly exitCode?: (result: O, options: PrintOptions) => ExitCode;
};

export type SinkRequest = {
  readonly options: PrintOptions;
  readonly terminal: Terminal;
  /** the photographs to come, where they are known, to lay out columns */
  readonly images: readonly string[];
};

export type StreamView<O> = {
  readonly options?: readonly PrintOption[];
  /** Opens where records go, before any model is loaded. Default: JSON lines, or names and values as they are. */
  readonly open?: (request: SinkRequest) => Promise<RecordSink<O>>;
};

/** A command that gives one answer. */
export function answerCommand<I extends z.ZodObject, O extends z.ZodType>(
  operation: AnswerOperation<I, O>,
  { options: own = [], text = plainText, exitCode }: AnswerView<z.output<O>> = {},
): CliCommand {
  const run = async ({ input, options, terminal, context }: CommandRun): Promise<ExitCode> => {
    const result = await operation.run(parseInput(operation.input, input), context);
    await terminal.print(`${options.json ? jsonText(result) : text(result, terminal.style, options)}\n`);
    return exitCode?.(result, options) ?? exitCodes.done;
  };
  return { operation: erased(operation), options: own, run };
}

/** A command that gives one record a photograph. */
export function streamCommand<I extends z.ZodObject, O extends z.ZodType>(
  operation: StreamOperation<I, O>,
  { options: own = [], open = openPlain }: StreamView<z.output<O>> = {},
): CliCommand {
  const run = async ({ input, options, terminal, context }: CommandRun): Promise<ExitCode> => {
    const parsed = parseInput(operation.input, input);
    const images = "images" in parsed ? (parsed.images as readonly string[]) : [];
    const sink = await open({ options, terminal, images });
    return runStream(operation.run(parsed, context), { sink, total: images.length, terminal, signal: context.signal });
  };
  return { operation: erased(operation), options: own, run };
}

/** Printing for a stream without a view. */
async function openPlain<T>({ options, terminal }: SinkRequest): Promise<RecordSink<T>> {
  const print = terminal.print.bind(terminal);
  if (options.json) return jsonLinesSink(print);
  return textSink(print, (item: BatchItem<T>) => (item.ok ? `${plainText(item.value)}\n` : ""), { showsFailures: false });
}

/** What the program's outline is made from: everything but the handler, whose types end here. */
function erased({ name, summary, positionals, examples, input }: CliCommand["operation"]): CliCommand["operation"] {
  return { name, summary, positionals, examples, input };
}
