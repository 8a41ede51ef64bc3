import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { migrateGallery } from "../gallery/migrate-gallery.ts";
import { MapCost } from "../schemas/map-cost.ts";
import { galleryOption, lookOptions, modelOptions } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const migrate = defineAnswer({
  name: "migrate",
  summary: "Moves the gallery to another embedding model or to this version's detector, keeping people, names and corrections",
  positionals: [],
  examples: [
    { command: "facenet migrate", says: "finds faces anew where another detector found them, with the gallery's own model" },
    {
      command: "facenet migrate --to sface.opencv-128",
      says: "embeds every face again from its photograph; can be stopped and started again",
    },
    {
      command: "facenet migrate --to sface.opencv-128 --forget-missing",
      says: "lets go of photographs that are gone or were changed",
    },
    {
      command: "facenet migrate --to sface.opencv-128 --map-missing",
      says: "of photographs that are gone, maps the embeddings from the old model to the new one, at a cost that it states",
    },
    { command: "facenet migrate --abandon", says: "gives it up; the gallery is as it was" },
  ],
  input: z.strictObject({
    to: z
      .string()
      .optional()
      .describe("embedding model to move to: an id of `facenet models`, or a path (default: the gallery's own)"),
    forgetMissing: z.boolean().default(false).describe("forget photographs that can no longer be read as they were"),
    mapMissing: z
      .boolean()
      .default(false)
      .describe("map embeddings of photographs that can no longer be read by a linear map fitted on the faces of the others"),
    mapPhotographs: z
      .string()
      .optional()
      .describe(
        "folder of photographs to fit the map on as well, where the gallery has too few (any faces; labels are not needed)",
      ),
    abandon: z.boolean().default(false).describe("give up the move that is under way"),
    ...galleryOption,
    maxPixels: lookOptions.maxPixels,
    threads: modelOptions.threads,
    device: modelOptions.device,
  }),
  output: z.object({
    model: z.string().describe("that the gallery is of now"),
    moved: z.boolean().describe("it is of the model asked for"),
    photographs: z.int().describe("embedded again in this run"),
    faces: z.int().describe("embedded again in this run"),
    found: z.int().describe("faces that the gallery did not have, found in this run"),
    left: z.int().describe("faces that are not embedded with the new model"),
    forgotten: z.int().describe("photographs let go of"),
    mapped: z.int().describe("faces whose embedding was mapped from the old model's"),
    mapCost: MapCost.nullable().describe("what that costs in accuracy; null where nothing was mapped"),
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
