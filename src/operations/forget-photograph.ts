import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const forgetPhotograph = defineAnswer({
  name: "forget photograph",
  summary: "Permanently removes a photograph and its faces from the gallery; the file is kept",
  input: z.strictObject({ photograph: z.int().min(1), ...galleryOption }),
  output: z.object({ photograph: z.int(), paths: z.array(z.string()).describe("paths of its files") }),
  run: ({ photograph: id, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const photograph = await store.photograph(id);
      if (!photograph) throw new FaceNetError("NOT_FOUND", { what: "photograph", id });
      await store.forgetPhotograph(id);
      return { photograph: id, paths: photograph.paths };
    }),
});
