/** A set of training faces that was made out of photographs: what is in it and why, and what a person says of it. */
import * as z from "zod";

/** `dataset.json` in the set's folder. */
export const DatasetRecord = z.object({
  version: z.literal(1),
  model: z.string().describe("that grouped the faces"),
  people: z.array(
    z.object({
      person: z.int().describe("number in the gallery that the set keeps for itself"),
      name: z.string().nullable(),
      folder: z.string(),
      images: z.array(z.object({ file: z.string().describe("from the set's folder"), face: z.int(), photograph: z.string() })),
    }),
  ),
  dropped: z
    .array(z.object({ face: z.int(), person: z.int(), photograph: z.string(), reason: z.string() }))
    .describe("faces of people of the set that were left out"),
});
export type DatasetRecord = z.infer<typeof DatasetRecord>;

/** What the review page saves and `dataset apply` takes. */
export const DatasetCorrections = z.strictObject({
  version: z.literal(1),
  people: z
    .array(
      z.strictObject({
        person: z.int(),
        name: z.string().trim().min(1).optional().describe("people who get one name become one person"),
        leaveOut: z.boolean().default(false).describe("nobody to train on: their faces are forgotten"),
        notThem: z.array(z.int()).default([]).describe("faces that are somebody else's"),
      }),
    )
    .default([]),
});
export type DatasetCorrections = z.infer<typeof DatasetCorrections>;
