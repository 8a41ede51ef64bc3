/**
 * A use case: input schema, output schema, handler. The command line and the server derive flags, routes and documentation from
 * it and add no behaviour.
 */
import type * as z from "zod";
import type { BatchItem } from "../faces/batch.ts";
import type { RunContext } from "../faces/run-context.ts";
import type { BorrowGallery } from "../gallery/access/borrow-gallery.ts";
import type { IndexEvent } from "../schemas/index-event.ts";

/** Environment of an operation. */
export type OperationContext = RunContext & {
  readonly borrowGallery: BorrowGallery;
  /** Asks the user for confirmation; undefined if not interactive. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
  /** Receives the events of long-running work. */
  readonly onEvent?: ((event: IndexEvent) => void) | undefined;
};

type Common<I extends z.ZodObject, O extends z.ZodType> = {
  readonly name: string;
  /** One line, for help texts. */
  readonly summary: string;
  /** Input fields that are positional arguments on the command line, in order; the last may take several values. */
  readonly positionals: readonly (keyof z.output<I> & string)[];
  readonly examples: readonly { readonly command: string; readonly says: string }[];
  readonly input: I;
  readonly output: O;
};

/** Returns one result. */
export type AnswerOperation<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> = Common<I, O> & {
  readonly kind: "answer";
  readonly run: (input: z.output<I>, context: OperationContext) => Promise<z.output<O>>;
};

/** Streams one record per photograph; a failed photograph is an item of its own and does not stop the others. */
export type StreamOperation<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> = Common<I, O> & {
  readonly kind: "stream";
  readonly run: (input: z.output<I>, context: OperationContext) => AsyncIterable<BatchItem<z.output<O>>>;
};

export type Operation = AnswerOperation | StreamOperation;

/** Result of an operation; of a stream, its records. */
export type OutputOf<O extends { readonly output: z.ZodType }> = z.output<O["output"]>;

/** An operation without a command has neither. */
type Optional = "positionals" | "examples";
type Defined<T extends { readonly kind: string } & Record<Optional, unknown>> = Omit<T, "kind" | Optional> &
  Partial<Pick<T, Optional>>;

/** Ties the types of input, output and handler together. */
export function defineAnswer<I extends z.ZodObject, O extends z.ZodType>(
  operation: Defined<AnswerOperation<I, O>>,
): AnswerOperation<I, O> {
  return { kind: "answer", positionals: [], examples: [], ...operation };
}

export function defineStream<I extends z.ZodObject, O extends z.ZodType>(
  operation: Defined<StreamOperation<I, O>>,
): StreamOperation<I, O> {
  return { kind: "stream", positionals: [], examples: [], ...operation };
}
