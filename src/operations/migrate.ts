import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { migrateGallery } from "../gallery/migrate-gallery.ts";
import { MapCost } from "../schemas/map-cost.ts";
import { galleryOption, lookOptions, modelOptions } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const migrate = defineAnswer({
  name: "migrate",
  summary: "Migrates the gallery to another embedding model or detector, keeping people, names and corrections",
  examples: [
    { command: "facenet migrate", says: "detects faces again if another detector found them, keeping the model" },
    {
      command: "facenet migrate --to sface.opencv-128",
      says: "embeds every face again from its photograph; can be interrupted and resumed",
    },
    {
      command: "facenet migrate --to sface.opencv-128 --forget-missing",
      says: "removes the faces of photographs that are missing or changed",
    },
    {
      command: "facenet migrate --to sface.opencv-128 --map-missing",
      says: "maps the embeddings of missing photographs from the old model to the new one, and reports the loss of accuracy",
    },
    { command: "facenet migrate --abandon", says: "cancels the migration; the gallery is unchanged" },
  ],
  input: z.strictObject({
    to: z
      .string()
      .optional()
      .describe("embedding model to migrate to: an id of `facenet models`, or a path (default: the gallery's own)"),
    forgetMissing: z.boolean().default(false).describe("remove the faces of photographs that are missing, changed or unreadable"),
    mapMissing: z
      .boolean()
      .default(false)
      .describe("map the embeddings of these photographs by a linear map fitted on the other faces"),
    mapPhotographs: z
      .string()
      .optional()
      .describe("folder of further photographs to fit the map on, if the gallery has too few (any faces, no labels)"),
    abandon: z.boolean().default(false).describe("cancel the current migration"),
    ...galleryOption,
    maxPixels: lookOptions.maxPixels,
    threads: modelOptions.threads,
    device: modelOptions.device,
  }),
  output: z.object({
    model: z.string().describe("the gallery's model now"),
    moved: z.boolean().describe("the migration is complete"),
    photographs: z.int().describe("embedded again in this run"),
    faces: z.int().describe("embedded again in this run"),
    found: z.int().describe("new faces detected in this run"),
    left: z.int().describe("faces not yet embedded with the new model"),
    forgotten: z.int().describe("photographs removed"),
    mapped: z.int().describe("faces whose embedding was mapped"),
    mapCost: MapCost.nullable().describe("loss of accuracy by mapping; null if nothing was mapped"),
    lost: z
      .array(
        z.object({
          paths: z.array(z.string()),
          faces: z.int(),
          reason: z.enum(["gone", "changed", "unreadable"]),
          message: z.string(),
        }),
      )
      .describe("photographs whose faces cannot be embedded again"),
  }),
  run: ({ gallery, ...options }, { borrowGallery, ...context }) =>
    inGallery({ borrowGallery }, gallery, (store) => migrateGallery(store, options, context)),
});
