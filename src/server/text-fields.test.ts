import { expect, test } from "vitest";
import * as z from "zod";
import { readTextFields } from "./text-fields.ts";

const schema = z.strictObject({
  far: z.number().default(1),
  count: z.int().optional(),
  flip: z.boolean().default(false),
  name: z.string().optional(),
  ids: z.array(z.int()).optional(),
});

test.each([
  [{ far: ["1e-3"] }, { far: 0.001 }],
  [{ count: ["12"] }, { count: 12 }],
  [{ flip: ["true"] }, { flip: true }],
  [{ flip: ["0"] }, { flip: false }],
  [{ name: ["12"] }, { name: "12" }],
  [{ ids: ["1,2", " 3"] }, { ids: [1, 2, 3] }],
])("%j is %j", (texts, values) => {
  expect(readTextFields(schema, texts)).toEqual(values);
});

test("what is no number, no truth value, unknown or given twice stays as it is, for the schema to refuse", () => {
  const texts = { far: [""], count: ["many"], flip: ["yes"], name: ["a", "b"], toString: ["x"], ["__proto__"]: ["y"] };
  const read = readTextFields(schema, texts);
  expect(read).toMatchObject({ far: "", count: "many", flip: "yes", name: ["a", "b"] });
  expect(schema.safeParse(read).success).toBe(false);
  expect(Object.keys(read)).toContain("__proto__");
});
