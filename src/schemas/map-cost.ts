/** What it costs to map embeddings from one model's space to another's, measured on faces left out of the fit. */
import * as z from "zod";

export const MapCost = z.object({
  fittedOn: z.int().describe("faces that both models have embedded"),
  measuredOn: z.int().describe("of them, left out of the fit while it was measured"),
  distance: z.number().describe("mean squared L2 between a mapped embedding and the new model's own"),
  matchesKept: z
    .number()
    .nullable()
    .describe("share of the new model's matches (FMR 1e-3) that still match where one of the two is mapped"),
  matchesAdded: z.number().nullable().describe("share of its other pairs that match then"),
});
export type MapCost = z.infer<typeof MapCost>;
