/** Runs operations as functions: options are validated by the operation's schema, as on the command line. */
import type * as z from "zod";
import type { BatchItem } from "../faces/batch.ts";
import type { FaceNetOptions } from "../faces/facenet.ts";
import type { AnswerOperation, OperationContext, StreamOperation } from "../operations/operation.ts";
import { parseInput } from "../operations/parse-input.ts";

/** Options of every long-running call. */
export type RunOptions = {
  /** Cancels the work; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each photograph or other unit of work. */
  readonly onProgress?: OperationContext["onProgress"] | undefined;
};

/** Options of an operation, except those given by the gallery or by the function's own parameters. */
export type OptionsOf<O extends { readonly input: z.ZodType }, Given extends string = never> = Omit<z.input<O["input"]>, Given> &
  RunOptions;

/** Gallery and models: defaults for every operation that takes them. */
export type CommonInput = FaceNetOptions & { readonly gallery?: string | undefined };

/** Provides models and galleries. */
export type World = Omit<OperationContext, "signal" | "onProgress" | "onEvent">;
type Call = RunOptions & { readonly onEvent?: OperationContext["onEvent"] };

/** @throws FaceNetError OPTION_INVALID, naming the first invalid option */
export async function answer<I extends z.ZodObject, O extends z.ZodType>(
  operation: AnswerOperation<I, O>,
  world: World,
  common: CommonInput,
  options: Call & Readonly<Record<string, unknown>>,
): Promise<z.output<O>> {
  return operation.run(inputOf(operation, common, options), contextOf(world, options));
}

/** Like {@link answer}, one item per photograph. */
export async function* stream<I extends z.ZodObject, O extends z.ZodType>(
  operation: StreamOperation<I, O>,
  world: World,
  common: CommonInput,
  options: Call & Readonly<Record<string, unknown>>,
): AsyncGenerator<BatchItem<z.output<O>>, void, undefined> {
  yield* operation.run(inputOf(operation, common, options), contextOf(world, options));
}

function inputOf<I extends z.ZodObject>(
  { input }: { readonly input: I },
  common: CommonInput,
  { signal: _, onProgress: __, onEvent: ___, ...options }: Call & Readonly<Record<string, unknown>>,
): z.output<I> {
  const shared = Object.entries(common).filter(([name, value]) => name in input.shape && value !== undefined);
  return parseInput(input, { ...Object.fromEntries(shared), ...options });
}

function contextOf(world: World, { signal, onProgress, onEvent }: Call): OperationContext {
  return { ...world, signal: signal ?? new AbortController().signal, onProgress: onProgress ?? (() => undefined), onEvent };
}
