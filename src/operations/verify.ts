import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { verifyBy } from "../faces/facenet.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { calibratedByGallery } from "../gallery/access/gallery-model.ts";
import { FaceChoice } from "../schemas/face-choice.ts";
import {
  alignedOption,
  decisionOptions,
  flipOption,
  galleryOption,
  lookOptions,
  modelOptions,
  Photo,
} from "../schemas/options.ts";
import { Verdict } from "../schemas/verdict.ts";
import { defineAnswer } from "./operation.ts";

export const verify = defineAnswer({
  name: "verify",
  summary: "Decides whether two photographs show the same person",
  positionals: ["left", "right"],
  examples: [
    {
      command: "facenet verify passport.jpg door.jpg --fmr 1e-4",
      says: "accepts one impostor pair in 10,000",
    },
    { command: "facenet verify a.jpg b.jpg --faces largest --json", says: "the largest face of each" },
  ],
  input: z.strictObject({
    left: Photo.describe("a photograph"),
    right: Photo.describe("another photograph"),
    faces: FaceChoice.exclude(["all"])
      .default("prominent")
      .describe(
        "which face to use if there are several (prominent: at least twice as large as any other, else an error; only: several are an error)",
      ),
    ...decisionOptions,
    ...lookOptions,
    flip: flipOption,
    aligned: alignedOption,
    gallery: galleryOption.gallery.describe(
      "gallery whose calibration is used, if it has one (`facenet calibrate`; default: gallery.db in the user's data folder, if it exists)",
    ),
    ...modelOptions,
  }),
  output: Verdict,
  async run(input, { load, borrowGallery, signal }) {
    const facenet = await load(input);
    const own = { manifest: facenet.model, calibration: facenet.calibration };
    const calibrated = await inGallery({ borrowGallery }, input.gallery, (store) =>
      calibratedByGallery(store, own, input.calibration),
    ).catch((error: unknown) => {
      if (input.gallery === undefined && error instanceof FaceNetError && error.code === "GALLERY_NOT_FOUND") return own;
      throw error;
    });
    return verifyBy(facenet, calibrated, input.left, input.right, { ...input, signal });
  },
});
