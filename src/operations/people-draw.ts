import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { galleryIdentity } from "../gallery/access/gallery-identity.ts";
import { loadForGallery } from "../gallery/access/gallery-model.ts";
import { drawFace } from "../gallery/draw-face.ts";
import { findPhotograph } from "../gallery/people/find-photograph.ts";
import { CorrectionRecord } from "../schemas/gallery.ts";
import { galleryModelOptions, galleryOption, lookOptions } from "../schemas/options.ts";
import { PersonName } from "../schemas/person-name.ts";
import { defineAnswer } from "./operation.ts";

export const peopleDraw = defineAnswer({
  name: "people draw",
  summary: "Adds a face that the detector missed, by a box in a photograph",
  positionals: ["photograph"],
  examples: [{ command: "facenet people draw party.jpg --box 410,120,80,100 --name Anna", says: "Anna, seen from behind" }],
  input: z.strictObject({
    photograph: z.string().min(1).describe("path or number of a photograph of the gallery"),
    box: z.array(z.number()).length(4).describe("left, top, width, height in pixels of the upright photograph"),
    name: PersonName.optional().describe("the person's name; an existing person gets the face"),
    ...galleryOption,
    maxPixels: lookOptions.maxPixels,
    ...galleryModelOptions,
  }),
  output: z.object({
    face: z.int(),
    photograph: z.int(),
    added: z.boolean().describe("false: the gallery already had a face there, which is used"),
    embedded: z.boolean().describe("landmarks were found, so the face can be compared"),
    done: CorrectionRecord.nullable().describe(
      "journal entry for `facenet undo`; null if the gallery had the face and no name was given",
    ),
  }),
  run: ({ photograph: given, box: [x = 0, y = 0, width = 0, height = 0], name, gallery, maxPixels, ...models }, context) =>
    inGallery(context, gallery, async (store) => {
      const photograph = await findPhotograph(store, given);
      const facenet = await loadForGallery(store, context.load, models);
      await store.requireModel(galleryIdentity(facenet.model, facenet.detector));
      const box = { x, y, width, height };
      const drawn = await drawFace(photograph, box, { facenet, store, name, maxPixels, signal: context.signal });
      return { ...drawn, photograph: photograph.id };
    }),
});
