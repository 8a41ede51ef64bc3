/**
 * A use case of the product: what goes in, what comes out, and the work between. The command line and the server
 * derive flags, routes and documentation from this; neither adds behaviour.
 */
import type * as z from "zod";
import type { BatchItem } from "../faces/batch.ts";
import type { RunContext } from "../faces/run-context.ts";
import type { BorrowGallery } from "../gallery/access/borrow-gallery.ts";
import type { IndexEvent } from "../schemas/index-event.ts";

/** What an operation may use of the world. */
export type OperationContext = RunContext & {
  readonly borrowGallery: BorrowGallery;
  /** Asks a person to agree; absent where there is nobody to ask. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
  /** What happens in work that goes on until it is stopped, as it happens. */
  readonly onEvent?: ((event: IndexEvent) => void) | undefined;
};

type Common<I extends z.ZodObject, O extends z.ZodType> = {
  readonly name: string;
  /** One line; what the user gets. */
  readonly summary: string;
  /** Fields of the input that the command line takes without a flag, in order; the last may hold several values. */
  readonly positionals: readonly (keyof z.output<I> & string)[];
  readonly examples: readonly { readonly command: string; readonly says: string }[];
  readonly input: I;
  readonly output: O;
};

/** One answer. */
export type AnswerOperation<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> = Common<I, O> & {
  readonly kind: "answer";
  readonly run: (input: z.output<I>, context: OperationContext) => Promise<z.output<O>>;
};

/** One record a photograph, as they come; a photograph that fails is an item of its own and stops nothing. */
export type StreamOperation<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> = Common<I, O> & {
  readonly kind: "stream";
  readonly run: (input: z.output<I>, context: OperationContext) => AsyncIterable<BatchItem<z.output<O>>>;
};

export type Operation = AnswerOperation | StreamOperation;

/** Keeps the types of input, output and handler tied together. */
export function defineAnswer<I extends z.ZodObject, O extends z.ZodType>(
  operation: Omit<AnswerOperation<I, O>, "kind">,
): AnswerOperation<I, O> {
  return { kind: "answer", ...operation };
}

export function defineStream<I extends z.ZodObject, O extends z.ZodType>(
  operation: Omit<StreamOperation<I, O>, "kind">,
): StreamOperation<I, O> {
  return { kind: "stream", ...operation };
}
