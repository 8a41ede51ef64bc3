import * as z from "zod";
import { FaceNetError } from "../../errors.ts";
import { inKnownGallery } from "../../gallery/access/borrow-gallery.ts";
import { Photograph } from "../../schemas/gallery.ts";
import { galleryOption } from "../../schemas/options.ts";
import { defineAnswer } from "../operation.ts";
import { ShownFace, shown } from "./list-faces.ts";

export const showPhotograph = defineAnswer({
  name: "show photograph",
  summary: "One photograph of the gallery with the faces in it",
  positionals: [],
  examples: [],
  input: z.strictObject({ photograph: z.int().min(1), ...galleryOption }),
  output: Photograph.extend({ faces: z.array(ShownFace) }),
  run: ({ photograph, gallery }, context) =>
    inKnownGallery(context, gallery, async (store) => {
      const found = await store.photograph(photograph);
      if (!found) throw new FaceNetError("NOT_FOUND", { what: "photograph", id: photograph });
      return { ...found, faces: (await Array.fromAsync(store.faces({ photograph }))).map(shown) };
    }),
});
