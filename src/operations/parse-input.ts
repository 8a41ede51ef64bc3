import type * as z from "zod";
import { FaceNetError } from "../errors.ts";

/**
 * What came from outside as an operation's input.
 *
 * @throws FaceNetError OPTION_INVALID, naming the first field that is wrong
 */
export function parseInput<I extends z.ZodType>(schema: I, input: unknown): z.output<I> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const option = issue?.path.map(String).join(".") || "(input)";
  throw new FaceNetError("OPTION_INVALID", { option, reason: issue?.message ?? "is not valid" });
}
