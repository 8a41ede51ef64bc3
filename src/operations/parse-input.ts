import type * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { ruleOf } from "../schemas/broken-rule.ts";

/** Maximum length of a rejected value in a message. */
const LONGEST = 60;

/**
 * Validates an operation's input.
 *
 * @throws FaceNetError OPTION_INVALID, naming the first invalid field
 */
export function parseInput<I extends z.ZodType>(schema: I, input: unknown): z.output<I> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const option = issue?.path.map(String).join(".") || "(input)";
  const reason = issue ? `${ruleOf(issue)}${gotText(valueAt(input, issue.path))}` : "is not valid";
  throw new FaceNetError("OPTION_INVALID", { option, reason });
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], input);
}

/** Invisible characters, and those that change the text direction. */
const unseen = /[\p{Cf}\p{Zl}\p{Zp}]/gu;
const escaped = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`;

/** Only for scalars; long ones are cut. */
function gotText(value: unknown): string {
  if (value === undefined) return ", got nothing";
  if (typeof value === "object" && value !== null) return "";
  const text = JSON.stringify(value).replace(unseen, escaped);
  return `, got ${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}`;
}
