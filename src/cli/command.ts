/** An operation as a command: how its result is printed, and its exit status. */
import type * as z from "zod";
import { type ExitCode, exitCodes, FaceNetError } from "../errors.ts";
import { jsonText } from "../files/json-text.ts";
import type { AnswerOperation, OperationContext, StreamOperation } from "../operations/operation.ts";
import { parseInput } from "../operations/parse-input.ts";
import { failureLines, type Outcome, outcomeExitCode, outcomeText } from "./outcome.ts";
import { type ListedPhotograph, photographOptions, wantsPhotographs, writePhotographs } from "./photograph-output.ts";
import { plainText } from "./plain-text.ts";
import type { PrintOption, PrintOptions } from "./print-options.ts";
import { type RecordSink, recordSink } from "./record-sink.ts";
import { runStream } from "./run-stream.ts";
import type { Style, Terminal } from "./terminal.ts";

export type CommandRun = {
  readonly input: Readonly<Record<string, unknown>>;
  readonly options: PrintOptions;
  readonly terminal: Terminal;
  readonly context: OperationContext;
};

export type CliCommand = {
  readonly operation: Pick<AnswerOperation, "name" | "summary" | "positionals" | "examples" | "input">;
  readonly options: readonly PrintOption[];
  /** What an interrupted run keeps, as a sentence; undefined if nothing is written before the end. */
  readonly kept?: string | undefined;
  /** Files written besides those of options, which also must not be replaced without asking. */
  readonly further?: FurtherOutputs | undefined;
  readonly saved?: SavedOptions | undefined;
  readonly run: (run: CommandRun) => Promise<ExitCode>;
};

export type FurtherOutputs = (input: Readonly<Record<string, unknown>>, options: PrintOptions) => readonly string[];

/** Options of an earlier run that this one continues, by field: environment variables do not replace them. */
export type SavedOptions = (
  input: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, unknown>> | undefined> | undefined;

export type AnswerView<O> = {
  readonly saved?: SavedOptions;
  readonly further?: FurtherOutputs;
  readonly options?: readonly PrintOption[];
  /** Formats the result; default: field names and values. */
  readonly text?: (result: O, style: Style, options: PrintOptions) => string;
  /** For operations over items: last line on standard error, and basis of the exit code. */
  readonly outcome?: (result: O) => Outcome | undefined;
  /** For commands whose exit status depends on more than failed items. Default: by the outcome, else 0. */
  readonly exitCode?: (result: O, options: PrintOptions) => ExitCode;
  /** What an interrupted run keeps, as a sentence. */
  readonly kept?: string;
  /** Photographs of the result, for `--paths` and `--copy-to`. */
  readonly photographs?: (result: O) => readonly ListedPhotograph[];
  /** Input required for photographs. */
  readonly photographsOf?: string;
};

export type SinkRequest = {
  readonly options: PrintOptions;
  readonly terminal: Terminal;
  /** Expected photographs, if known, for the layout of columns. */
  readonly images: readonly string[];
};

export type StreamView<O> = {
  readonly further?: FurtherOutputs;
  readonly options?: readonly PrintOption[];
  /** Opens the output before models are loaded. Default: JSON lines, or field names and values. */
  readonly open?: (request: SinkRequest) => RecordSink<O> | Promise<RecordSink<O>>;
};

/** What an interrupted run keeps if it writes to the gallery as it goes. */
export const KEPT_IN_GALLERY = "The gallery keeps them; the same command continues from there.";

/** A command with a single result. */
export function answerCommand<I extends z.ZodObject, O extends z.ZodType>(
  operation: AnswerOperation<I, O>,
  {
    options: own = [],
    text = plainText,
    outcome,
    exitCode,
    kept,
    further,
    saved,
    photographs,
    photographsOf,
  }: AnswerView<z.output<O>> = {},
): CliCommand {
  const run = async ({ input, options, terminal, context }: CommandRun): Promise<ExitCode> => {
    const isForPrograms = photographs !== undefined && wantsPhotographs(options);
    if (isForPrograms && photographsOf !== undefined && input[photographsOf] === undefined)
      throw new FaceNetError("OPTION_INVALID", { option: photographsOf, reason: "is required by --paths and --copy-to" });
    const result = await operation.run(parseInput(operation.input, input), context);
    const written = isForPrograms
      ? await writePhotographs(photographs(result), { options, terminal, signal: context.signal })
      : undefined;
    if (isForPrograms && !written) return exitCodes.done;
    const counts = written ?? outcome?.(result);
    const isNothing = counts !== undefined && counts.done === 0 && !counts.known && counts.failures.length > 0;
    if (options.json) await terminal.print(`${jsonText(result)}\n`);
    else if (!isNothing && !isForPrograms) await terminal.print(`${text(result, terminal.style, options)}\n`);
    if (counts) {
      if (!options.json) for (const line of failureLines(counts)) terminal.note(line);
      terminal.note(`facenet: ${outcomeText(counts)}`);
    }
    return exitCode?.(result, options) ?? (counts ? outcomeExitCode(counts) : exitCodes.done);
  };
  const allOptions = photographs ? [...own, ...photographOptions] : own;
  return { operation: erased(operation), options: allOptions, kept, further, saved, run };
}

/** A command with one record per photograph. */
export function streamCommand<I extends z.ZodObject, O extends z.ZodType>(
  operation: StreamOperation<I, O>,
  {
    options: own = [],
    open = (request) => recordSink(request, (value) => `${plainText(value)}\n`),
    further,
  }: StreamView<z.output<O>> = {},
): CliCommand {
  const run = async ({ input, options, terminal, context }: CommandRun): Promise<ExitCode> => {
    const parsed = parseInput(operation.input, input);
    const images = "images" in parsed ? (parsed.images as readonly string[]) : [];
    const sink = await open({ options, terminal, images });
    return runStream(operation.run(parsed, context), { sink, total: images.length, terminal, signal: context.signal });
  };
  return { operation: erased(operation), options: own, further, run };
}

/** The operation without its handler's types, as stored in the command tree. */
function erased({ name, summary, positionals, examples, input }: CliCommand["operation"]): CliCommand["operation"] {
  return { name, summary, positionals, examples, input };
}
