/** Accuracy lost by mapping embeddings from one model's space to another's, measured on held-out faces. */
import * as z from "zod";

export const MapCost = z.object({
  fittedOn: z.int().describe("faces embedded by both models"),
  measuredOn: z.int().describe("of these, held out of the fit for measuring"),
  distance: z.number().describe("mean squared L2 between a mapped embedding and the new model's own"),
  matchesKept: z
    .number()
    .nullable()
    .describe("share of the new model's matches (FMR 1e-3) that still match when one of the two embeddings is mapped"),
  matchesAdded: z.number().nullable().describe("share of its non-matching pairs that match when one is mapped"),
});
export type MapCost = z.infer<typeof MapCost>;
