/** Fields that came as text, in an address or a form, as the types that their schema wants. */
import * as z from "zod";

type FieldSchema = { readonly type?: string; readonly items?: FieldSchema };

/**
 * Texts of a field that is a list are its items, those with commas several of them. A text that is not what the schema
 * wants stays a text, for the schema to refuse with its reason; of a single field given twice both stay.
 *
 * @param texts by field, as often as each was given
 */
export function readTextFields(input: z.ZodObject, texts: Readonly<Record<string, readonly string[]>>): Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  const read = Object.entries(texts).map(([field, given]): [string, unknown] => {
    const schema = Object.hasOwn(properties, field) ? (properties[field] as FieldSchema) : {};
    if (schema.type === "array") {
      const items = given.flatMap((text) => text.split(","));
      return [field, items.map((text) => readText(schema.items ?? {}, text.trim()))];
    }
    return [field, given.length === 1 ? readText(schema, given[0] as string) : given];
  });
  return Object.fromEntries(read);
}

function readText({ type }: FieldSchema, text: string): unknown {
  if (type === "integer" || type === "number") return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
  if (type === "boolean") return text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : text;
  return text;
}
