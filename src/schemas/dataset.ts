/** A training set built from photographs: its contents, how each face was chosen, and corrections from review. */
import * as z from "zod";

/** `dataset.json` in the set's folder. */
export const DatasetRecord = z.object({
  version: z.literal(1),
  model: z.string().describe("embedding model used for grouping"),
  people: z.array(
    z.object({
      person: z.int().describe("number in the set's own gallery"),
      name: z.string().nullable(),
      folder: z.string(),
      images: z.array(
        z.object({ file: z.string().describe("relative to the set's folder"), face: z.int(), photograph: z.string() }),
      ),
    }),
  ),
  dropped: z
    .array(z.object({ face: z.int(), person: z.int(), photograph: z.string(), reason: z.string() }))
    .describe("faces of the set's people that were left out"),
});
export type DatasetRecord = z.infer<typeof DatasetRecord>;

/** Saved by the review page, read by `dataset apply`. */
export const DatasetCorrections = z.strictObject({
  version: z.literal(1),
  people: z
    .array(
      z.strictObject({
        person: z.int(),
        name: z.string().trim().min(1).optional().describe("people given the same name are merged"),
        leaveOut: z.boolean().default(false).describe("exclude this person: their faces are forgotten"),
        notThem: z.array(z.int()).default([]).describe("faces of other people"),
      }),
    )
    .default([]),
});
export type DatasetCorrections = z.infer<typeof DatasetCorrections>;
