import { expect, test } from "vitest";
import * as z from "zod";
import { parseInput } from "./parse-input.ts";

const schema = z.strictObject({ far: z.number().max(1).default(0.5), box: z.object({ x: z.number() }).optional() });

test("fills in defaults", () => {
  expect(parseInput(schema, {})).toEqual({ far: 0.5 });
});

test.each([
  [{ far: 2 }, /^far: .*1/],
  [{ box: { x: "a" } }, /^box\.x: /],
  [{ other: 1 }, /^\(input\): .*other/],
  ["text", /^\(input\): /],
])("%j is refused with the field's name", (input, message) => {
  expect(() => parseInput(schema, input)).toThrow(
    expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringMatching(message) }),
  );
});
