/**
 * Routes of the server: a shape from the contract, the schemas of request and answer, and the handler. Photographs arrive as
 * bytes, never as paths, so that no request can name a file.
 */
import type { Context } from "hono";
import * as z from "zod";
import { clientInput, type Setting } from "../contract/client-input.ts";
import type { RouteShape } from "../contract/route-shape.ts";
import { FaceNetError, failureOf } from "../errors.ts";
import type { AnswerOperation, OperationContext, StreamOperation } from "../operations/operation.ts";
import { Reason } from "../schemas/failure.ts";
import type { NamedBytes, NamedFile } from "../schemas/image-source.ts";
import type { Env } from "./authentication.ts";
import type { ServeOptions } from "./serve-options.ts";
import { withStoredFiles } from "./uploaded-files.ts";

/** Operation inputs that the server sets. */
export type Settings = Readonly<
  Partial<Pick<ServeOptions, Exclude<Setting, "photographsFolder">> & { photographsFolder: string }>
>;

/** Uploads by field. */
export type Photographs = Readonly<Record<string, readonly NamedBytes[]>>;

export type RouteRequest<I = Readonly<Record<string, unknown>>> = {
  readonly input: I;
  readonly photographs: Photographs;
  readonly settings: Settings;
  readonly context: OperationContext;
  readonly c: Context<Env>;
  /** Runs CPU-heavy work in the server's queue. Routes with uploads run there anyway. */
  readonly compute: <T>(work: () => Promise<T>) => Promise<T>;
};

export type Handler = {
  readonly summary: string;
  /** Fields of the request besides photographs. */
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  /** Photograph fields that accept several files. */
  readonly several: readonly string[];
  /** The answer has one record per uploaded photograph, in `photographs`. */
  readonly hasRecords: boolean;
  /** @returns the answer, or a whole response */
  readonly run: (request: RouteRequest) => Promise<unknown>;
  /** Converts the answer for the client, after metrics and audit. */
  readonly present?: (answer: unknown, input: unknown, elapsedMs: number) => unknown;
};

export type Route = RouteShape & Handler & { readonly name: string };

/** Handler that is not an operation. */
export function serviceHandler<I extends z.ZodType, O extends z.ZodType>(
  call: { readonly summary: string; readonly input: I; readonly output: O },
  run: (input: z.output<I>, request: RouteRequest) => Promise<z.input<O> | Response> | z.input<O> | Response,
): Handler {
  return { ...call, several: [], hasRecords: false, run: async (request) => run(request.input as z.output<I>, request) };
}

const FailedPhotograph = z.object({ image: z.string(), error: Reason }).meta({ id: "FailedPhotograph" });

type OperationShape = Pick<RouteShape, "path" | "photographs" | "stores" | "required" | "numbers" | "fixed">;

/** Photographs as the operation takes them, by field. */
type Uploads = Readonly<Record<string, readonly (NamedBytes | NamedFile)[]>>;

/** Handler that runs an operation. Records of a stream are collected into one answer, in the order of the photographs. */
export function operationHandler<I extends z.ZodObject, O extends z.ZodType>(
  operation: AnswerOperation<I, O> | StreamOperation<I, O>,
  shape: Partial<OperationShape>,
): Handler {
  const { photographs = [], stores = false } = shape;
  const { summary, input: schema, output } = operation;
  const isStream = operation.kind === "stream";
  return {
    summary,
    input: inputOf(schema, shape),
    output: isStream ? z.object({ photographs: z.array(z.union([output, FailedPhotograph])) }) : output,
    several: photographs.filter((field) => isList(schema, field)),
    hasRecords: isStream || operation.name === "add photographs",
    run: (request) => {
      const work = (uploads: Uploads): Promise<unknown> => {
        const input = completeInput(schema, shape, request, uploads);
        return operation.kind === "stream"
          ? recordsOf(operation.run(input, request.context))
          : operation.run(input, request.context);
      };
      const [field] = photographs;
      if (!stores || field === undefined) return work(request.photographs);
      return withStoredFiles(request.photographs[field] ?? [], request, (files) => work({ [field]: files }));
    },
  };
}

/** Fields of the request besides photographs. */
function inputOf(
  schema: z.ZodObject,
  { photographs = [], fixed = {}, required = [], numbers = [], path = "" }: Partial<OperationShape>,
): z.ZodType {
  const given = clientInput(schema, [...photographs, ...Object.keys(fixed)]);
  const input = given.extend(Object.fromEntries(numbers.map((field) => [field, z.int().min(1).optional()])));
  const isRequired = (field: string): boolean => required.includes(field) || path.includes(`{${field}}`);
  const mask = Object.fromEntries(
    Object.keys(input.shape).flatMap((field) => (isRequired(field) ? [[field, true as const]] : [])),
  );
  return input.required(mask as Record<never, true>);
}

/** A failed photograph becomes an error record; if it is the only one, the request fails. */
async function recordsOf(items: ReturnType<StreamOperation["run"]>): Promise<unknown> {
  const records: unknown[] = [];
  const failures: FaceNetError[] = [];
  for await (const item of items) {
    if (item.ok) records.push(item.value);
    else {
      failures.push(item.error);
      records.push({ image: item.image, error: failureOf(item.error) });
    }
  }
  const [failure] = failures;
  if (failure && records.length === 1) throw failure;
  return { photographs: records };
}

const isList = ({ shape }: z.ZodObject, field: string): boolean => {
  const type = shape[field];
  return (type instanceof z.ZodOptional ? type.unwrap() : type) instanceof z.ZodArray;
};

/** Complete input of the operation. @throws FaceNetError OPTION_INVALID for a missing photograph, or several instead of one */
function completeInput<I extends z.ZodObject>(
  schema: I,
  { photographs: fields = [], required = [], numbers = [], fixed }: Partial<OperationShape>,
  { input, settings }: RouteRequest,
  uploads: Uploads,
): z.output<I> {
  const photographs = fields.map((field) => {
    const files = uploads[field] ?? [];
    const isOptional = schema.shape[field] instanceof z.ZodOptional && !required.includes(field);
    if (files.length === 0 && isOptional) return [field, undefined];
    if (files.length === 0) throw new FaceNetError("OPTION_INVALID", { option: field, reason: "a photograph is needed" });
    if (isList(schema, field)) return [field, files];
    if (files.length > 1) throw new FaceNetError("OPTION_INVALID", { option: field, reason: "must be one photograph" });
    return [field, files[0]];
  });
  const set = Object.entries(settings).filter(([name, value]) => name in schema.shape && value !== undefined);
  // All parts have the schema's types: fields of clients are parsed, settings come from ServeOptions.
  const named = numbers.flatMap((field) => (input[field] === undefined ? [] : [[field, `id:${input[field]}`]]));
  return {
    ...input,
    ...Object.fromEntries(named),
    ...fixed,
    ...Object.fromEntries(photographs),
    ...Object.fromEntries(set),
  } as z.output<I>;
}
