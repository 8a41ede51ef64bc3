import * as z from "zod";
import { FaceChoice } from "../schemas/face-choice.ts";
import { decisionOptions, galleryOption, lookOptions, modelOptions, Photo } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";
import { probeGallery } from "./probe-gallery.ts";

export const find = defineAnswer({
  name: "find",
  summary: "Every photograph of the gallery that shows the person of a photograph",
  positionals: ["image"],
  examples: [{ command: "facenet find anna.jpg", says: "paths with the face and its distance, closest first" }],
  input: z.strictObject({
    image: Photo.describe("a photograph of the person"),
    faces: FaceChoice.exclude(["all"]).default("prominent").describe("which face of it, where there are several"),
    ...decisionOptions,
    ...galleryOption,
    ...lookOptions,
    ...modelOptions,
  }),
  output: z.object({
    model: z.string(),
    threshold: z.number(),
    falseAcceptRate: z.number().nullable().describe("null when a threshold was given"),
    photographs: z
      .array(z.object({ paths: z.array(z.string()), face: z.int(), distance: z.number(), person: z.int().nullable() }))
      .describe("closest first; the closest face of each"),
  }),
  run: (input, context) =>
    probeGallery(input, context, async ({ facenet, store, index, owners, code, threshold }) => {
      const [near = []] = await index.within([code], { distance: threshold });
      const closest = new Map<number, { id: number; distance: number }>();
      for (const neighbour of near) {
        const photograph = owners.get(neighbour.id)?.photograph as number;
        if (!closest.has(photograph)) closest.set(photograph, neighbour);
      }
      const photographs = await Promise.all(
        [...closest].map(async ([photograph, { id, distance }]) => ({
          paths: (await store.photograph(photograph))?.paths ?? [],
          face: id,
          distance,
          person: owners.get(id)?.person ?? null,
        })),
      );
      return {
        model: facenet.model.id,
        threshold,
        falseAcceptRate: input.threshold === undefined ? input.far : null,
        photographs,
      };
    }),
});
