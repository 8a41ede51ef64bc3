import * as z from "zod";

const path = z.string();

/** What happens while photographs are taken in, one file at a time. Files that have not changed are no event. */
export const IndexEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("added"), path, faces: z.int() }),
  z.object({ kind: z.literal("moved"), path }).describe("its content was known: a copy, moved or renamed"),
  z.object({ kind: z.literal("failed"), path, code: z.string(), message: z.string() }),
  z.object({ kind: z.literal("forgotten"), path }).describe("passed over: a photograph of its content was forgotten"),
  z.object({ kind: z.literal("gone"), path }),
  z.object({ kind: z.literal("watching"), path }).describe("from now on, what changes in this folder is taken in"),
  z
    .object({ kind: z.literal("trouble"), path, message: z.string() })
    .describe("a folder that cannot be watched, or a gallery that cannot be written for now; it is tried again"),
]);
export type IndexEvent = z.infer<typeof IndexEvent>;
