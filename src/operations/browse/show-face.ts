import * as z from "zod";
import { FaceNetError } from "../../errors.ts";
import { inGallery } from "../../gallery/access/borrow-gallery.ts";
import { galleryOption } from "../../schemas/options.ts";
import { defineAnswer } from "../operation.ts";
import { ShownFace, shown } from "./list-faces.ts";

export const showFace = defineAnswer({
  name: "show face",
  summary: "Shows a face of the gallery",
  input: z.strictObject({ face: z.int().min(1), ...galleryOption }),
  output: ShownFace,
  run: ({ face, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const found = await store.face(face);
      if (!found) throw new FaceNetError("NOT_FOUND", { what: "face", id: face });
      return shown(found);
    }),
});
