import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { findPerson } from "../gallery/people/find-person.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const forgetPerson = defineAnswer({
  name: "forget person",
  summary: "Permanently removes a person and all their faces from the gallery",
  input: z.strictObject({ person: z.string().describe("number or name"), ...galleryOption }),
  output: z.object({ person: z.int(), faces: z.int().describe("number of faces removed") }),
  run: ({ person, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const { id } = await findPerson(store, person);
      const { faces } = await store.forgetPerson(id);
      return { person: id, faces };
    }),
});
