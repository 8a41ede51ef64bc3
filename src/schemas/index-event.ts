import * as z from "zod";
import { FileFailure } from "./failure.ts";

const path = z.string();

/** Progress of indexing, one event per file. Unchanged files emit none. */
export const IndexEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("added"), path, faces: z.int() }),
  z.object({ kind: z.literal("moved"), path }).describe("known content: a copied, moved or renamed file"),
  z.object({ kind: z.literal("failed"), ...FileFailure.shape }),
  z.object({ kind: z.literal("forgotten"), path }).describe("skipped: a photograph with this content was forgotten"),
  z.object({ kind: z.literal("gone"), path }),
  z.object({ kind: z.literal("watching"), path }).describe("changes in this folder are indexed from now on"),
  z
    .object({ kind: z.literal("trouble"), path, message: z.string() })
    .describe("a folder cannot be watched, or the gallery cannot be written at the moment; retried"),
]);
export type IndexEvent = z.infer<typeof IndexEvent>;
