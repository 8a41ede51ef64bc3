/** Texts of a command line, the environment, a query or a form, converted to the types of a JSON Schema. */

/** The part of a field's JSON Schema that decides. `x-commas: "kept"`: a comma is part of a value, such as a name. */
export type TextSchema = { readonly type?: string; readonly items?: TextSchema; readonly "x-commas"?: "kept" };

/**
 * Lists take repeated texts and comma-separated values. A text that does not convert stays a text, so that the schema rejects it
 * and gives the reason; so does a repeated field that is not a list.
 *
 * @param texts every text given for the field, in order
 */
export function valueOfTexts(schema: TextSchema, texts: readonly string[]): unknown {
  if (schema.type !== "array") return texts.length === 1 ? scalarOf(schema, texts[0] as string) : texts;
  const items = schema["x-commas"] === "kept" ? texts : texts.flatMap((text) => text.split(",").map((item) => item.trim()));
  return items.map((text) => scalarOf(schema.items ?? {}, text));
}

function scalarOf({ type }: TextSchema, text: string): unknown {
  if (type === "integer" || type === "number") return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
  if (type !== "boolean") return text;
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  return text;
}
