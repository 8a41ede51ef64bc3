/**
 * An operation as an address of the HTTP service. What clients may send is the operation's input less what the server
 * itself decides: models, device and gallery. Photographs never come as text, so that no request can name a file.
 */
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import type { AnswerOperation, OperationContext, StreamOperation } from "../operations/operation.ts";
import type { Scope } from "../schemas/api-key.ts";

/** Fields of inputs that are the server's own settings. */
export const settingNames = [
  "model",
  "calibration",
  "detector",
  "threads",
  "device",
  "gallery",
  "maxPixels",
  "photographsFolder",
  "reports",
] as const;
export type Settings = Readonly<Partial<Record<(typeof settingNames)[number], unknown>>>;

export type Method = "get" | "post" | "patch" | "delete";

export type RouteOptions = {
  readonly method: Method;
  /** as OpenAPI has it: /v1/people/{person} */
  readonly path: string;
  readonly scope: Scope;
  /** What the reference files it under. */
  readonly tag: string;
  /** Fields that hold photographs. */
  readonly photographs?: readonly string[];
  /** Fields of the input that this address decides. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** A look-up of people, for the audit record. */
  readonly audited?: boolean;
  /** Of an answer; default 200. */
  readonly status?: 200 | 201;
};

export type Photographs = Readonly<Record<string, readonly Blob[]>>;

export type Route = RouteOptions & {
  readonly name: string;
  readonly summary: string;
  /** What clients send besides photographs. */
  readonly input: z.ZodObject;
  readonly output: z.ZodType;
  /** Fields of `photographs` that take several. */
  readonly several: readonly string[];
  /** @param input as `this.input` has parsed it */
  readonly run: (
    input: Readonly<Record<string, unknown>>,
    photographs: Photographs,
    settings: Settings,
    context: OperationContext,
  ) => Promise<unknown>;
};

const FailedPhotograph = z
  .object({ image: z.string(), error: z.object({ code: z.string(), message: z.string() }) })
  .meta({ id: "FailedPhotograph" });

/** An operation with one answer. */
export function answerRoute<I extends z.ZodObject, O extends z.ZodType>(
  operation: AnswerOperation<I, O>,
  options: RouteOptions,
): Route {
  return {
    ...described(operation, options),
    output: operation.output,
    run: (input, photographs, settings, context) =>
      operation.run(completed(operation.input, options, { input, photographs, settings }), context),
  };
}

/**
 * An operation with one record a photograph: all of them in one answer, in order. A photograph that fails is a record
 * among the others; where it was the only one, the request fails.
 */
export function streamRoute<I extends z.ZodObject, O extends z.ZodType>(
  operation: StreamOperation<I, O>,
  options: RouteOptions,
): Route {
  return {
    ...described(operation, options),
    output: z.object({ photographs: z.array(z.union([operation.output, FailedPhotograph])) }),
    run: async (input, photographs, settings, context) => {
      const records: unknown[] = [];
      const failures: FaceNetError[] = [];
      for await (const item of operation.run(completed(operation.input, options, { input, photographs, settings }), context)) {
        if (item.ok) records.push(item.value);
        else {
          failures.push(item.error);
          records.push({ image: item.image, error: { code: item.error.code, message: item.error.message } });
        }
      }
      const [failure] = failures;
      if (failure && records.length === 1) throw failure;
      return { photographs: records };
    },
  };
}

function described(
  { name, summary, input }: Pick<AnswerOperation, "name" | "summary" | "input">,
  options: RouteOptions,
): Omit<Route, "output" | "run"> {
  const { photographs = [], fixed = {} } = options;
  const withheld = [...settingNames, ...photographs, ...Object.keys(fixed)].filter((field) => field in input.shape);
  return {
    ...options,
    name,
    summary,
    input: input.omit(Object.fromEntries(withheld.map((field) => [field, true as const])) as Record<string, true>),
    several: photographs.filter((field) => input.shape[field] instanceof z.ZodArray),
  };
}

/** The operation's whole input. @throws FaceNetError OPTION_INVALID where a photograph is missing, or one too many */
function completed<I extends z.ZodObject>(
  schema: I,
  { photographs: fields = [], fixed }: RouteOptions,
  given: { input: Readonly<Record<string, unknown>>; photographs: Photographs; settings: Settings },
): z.output<I> {
  const settings = Object.entries(given.settings).filter(([name, value]) => name in schema.shape && value !== undefined);
  const photographs = fields.map((field) => {
    const files = given.photographs[field] ?? [];
    if (files.length === 0 && schema.shape[field] instanceof z.ZodOptional) return [field, undefined];
    if (files.length === 0) throw new FaceNetError("OPTION_INVALID", { option: field, reason: "a photograph is needed" });
    if (schema.shape[field] instanceof z.ZodArray) return [field, files];
    if (files.length > 1) throw new FaceNetError("OPTION_INVALID", { option: field, reason: "must be one photograph" });
    return [field, files[0]];
  });
  // The parts are of the schema's own types: what clients sent is parsed, settings come from ServeOptions.
  return { ...given.input, ...fixed, ...Object.fromEntries(photographs), ...Object.fromEntries(settings) } as z.output<I>;
}
