/**
 * Derives flags and environment variables from an operation's input schema, through its JSON Schema: name, range, choices,
 * default and description are declared there once. program.ts parses the command line.
 */
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { type TextSchema, valueOfTexts } from "../operations/text-values.ts";

type ScalarSchema = {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
};
type FieldSchema = ScalarSchema & {
  readonly description?: string;
  readonly default?: unknown;
  readonly items?: ScalarSchema;
  readonly writes?: "file" | "folder";
};

/** A field of an input, as a flag. */
export type Flag = {
  readonly field: string;
  /** `--min-face-size`, or the field name of a positional. */
  readonly name: string;
  readonly positional: boolean;
  readonly required: boolean;
  /** Accepts several values: positionals, a repeated option, or comma-separated values. */
  readonly many: boolean;
  readonly schema: TextSchema;
  readonly kind: "boolean" | "integer" | "number" | "text";
  readonly choices: readonly string[] | undefined;
  readonly description: string;
  readonly default: unknown;
  /** Whether the value is a file the command writes, or a folder it writes into. */
  readonly writes: "file" | "folder" | undefined;
  readonly range: string;
  readonly accepts: (value: number) => boolean;
};

/** The flags of an input schema. @throws TypeError for a field that cannot be a flag, such as a nested object */
export function flagsOf(input: z.ZodObject, positionals: readonly string[]): Flag[] {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  return Object.entries(properties).map(([field, property]) => {
    const schema = property as FieldSchema;
    const scalar = schema.type === "array" ? (schema.items ?? {}) : schema;
    const positional = positionals.includes(field);
    return {
      field,
      name: positional ? field : `--${kebabCase(field)}`,
      positional,
      required: required.includes(field),
      many: schema.type === "array",
      schema,
      kind: kindOf(field, scalar),
      choices: scalar.enum,
      description: schema.description ?? "",
      default: schema.default,
      writes: schema.writes,
      ...rangeOf(scalar),
    };
  });
}

/** Environment variable of a flag: FACENET_MIN_FACE_SIZE for minFaceSize. */
export function environmentName({ field }: Pick<Flag, "field">): string {
  return `FACENET_${kebabCase(field).replaceAll("-", "_").toUpperCase()}`;
}

/**
 * Parses a value of the command line or the environment.
 *
 * @param name the flag or variable as given by the user, for messages
 * @throws FaceNetError OPTION_INVALID
 */
export function readFlag(flag: Flag, text: string, name: string = flag.name): unknown {
  const value = valueOfTexts(flag.schema, [text]);
  for (const one of flag.many ? (value as unknown[]) : [value]) requireScalar(flag, one, name);
  return value;
}

/** @throws FaceNetError OPTION_INVALID with the complete rule, where the schema would report a single limit */
function requireScalar({ kind, choices, range, accepts }: Flag, value: unknown, name: string): void {
  switch (kind) {
    case "boolean":
      if (typeof value !== "boolean") throw invalid(name, "true or false", value);
      return;
    case "integer":
    case "number": {
      const fits = kind === "integer" ? Number.isSafeInteger(value) : Number.isFinite(value);
      if (!fits || !accepts(value as number)) throw invalid(name, `a ${kind === "integer" ? "whole " : ""}number${range}`, value);
      return;
    }
    case "text":
      if (choices && !choices.includes(String(value))) throw invalid(name, `one of ${choices.join(", ")}`, value);
      return;
    default:
      kind satisfies never;
      throw new TypeError("unknown kind of flag");
  }
}

function invalid(option: string, rule: string, value: unknown): FaceNetError {
  return new FaceNetError("OPTION_INVALID", { option, reason: `must be ${rule}, got ${value === "" ? "nothing" : value}` });
}

function kindOf(field: string, { type, enum: choices }: ScalarSchema): Flag["kind"] {
  if (type === "boolean" || type === "integer" || type === "number") return type;
  if (type === "string" || choices) return "text";
  throw new TypeError(`${field}: a field of type ${type ?? "(none)"} cannot be a flag`);
}

function rangeOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: ScalarSchema): Pick<Flag, "range" | "accepts"> {
  const parts: string[] = [];
  const isRule = (limit: number | undefined): limit is number => limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
  if (isRule(minimum)) parts.push(`at least ${minimum}`);
  if (isRule(exclusiveMinimum)) parts.push(`more than ${exclusiveMinimum}`);
  if (isRule(maximum)) parts.push(`at most ${maximum}`);
  if (isRule(exclusiveMaximum)) parts.push(`less than ${exclusiveMaximum}`);
  const accepts = (value: number): boolean =>
    value >= (minimum ?? -Infinity) &&
    value > (exclusiveMinimum ?? -Infinity) &&
    value <= (maximum ?? Infinity) &&
    value < (exclusiveMaximum ?? Infinity);
  return { range: parts.length === 0 ? "" : `, ${parts.join(" and ")}`, accepts };
}

const kebabCase = (field: string): string => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
