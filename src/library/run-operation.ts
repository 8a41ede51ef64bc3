/** Calling the program's operations as functions: options are checked by the operation's schema, as on the command line. */
import type * as z from "zod";
import type { BatchItem } from "../faces/batch.ts";
import type { FaceNetOptions } from "../faces/facenet.ts";
import type { AnswerOperation, OperationContext, StreamOperation } from "../operations/operation.ts";
import { parseInput } from "../operations/parse-input.ts";

/** Options of every long-running call. */
export type RunOptions = {
  /** Ends the work; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each photograph or other unit of work. */
  readonly onProgress?: OperationContext["onProgress"] | undefined;
};

/** Options of an operation without those that the gallery, or the function's own parameters, already give. */
export type OptionsOf<O extends { readonly input: z.ZodType }, Given extends string = never> = Omit<z.input<O["input"]>, Given> &
  RunOptions;

/** Which gallery and which models: defaults for every operation that takes them. */
export type CommonInput = FaceNetOptions & { readonly gallery?: string | undefined };

/** Where models and galleries come from. */
export type World = Omit<OperationContext, "signal" | "onProgress" | "onEvent">;
type Call = RunOptions & { readonly onEvent?: OperationContext["onEvent"] };

/** @throws FaceNetError OPTION_INVALID, naming the first option that is wrong */
export async function answer<I extends z.ZodObject, O extends z.ZodType>(
  operation: AnswerOperation<I, O>,
  world: World,
  common: CommonInput,
  options: Call & Readonly<Record<string, unknown>>,
): Promise<z.output<O>> {
  return operation.run(inputOf(operation, common, options), contextOf(world, options));
}

/** As {@link answer}, one item a photograph. */
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
