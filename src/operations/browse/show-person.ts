import * as z from "zod";
import { inGallery } from "../../gallery/access/borrow-gallery.ts";
import { findPerson } from "../../gallery/people/find-person.ts";
import { Person } from "../../schemas/gallery.ts";
import { galleryOption } from "../../schemas/options.ts";
import { defineAnswer } from "../operation.ts";

export const showPerson = defineAnswer({
  name: "show person",
  summary: "Shows a person of the gallery",
  input: z.strictObject({ person: z.string().describe("number or name"), ...galleryOption }),
  output: Person.extend({ cover: z.int().nullable().describe("face that represents the person") }),
  run: ({ person, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const found = await findPerson(store, person);
      return { ...found, cover: (await store.covers([found.id])).get(found.id) ?? null };
    }),
});
