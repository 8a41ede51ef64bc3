import { resolve } from "node:path";
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { chooseFace, prominentFace } from "../faces/face-choice.ts";
import { loadForGallery } from "../gallery/access/gallery-model.ts";
import { galleryToFill } from "../gallery/indexing/gallery-to-fill.ts";
import { indexPhotographs } from "../gallery/indexing/index-photographs.ts";
import { lookAgainAt } from "../gallery/indexing/look-again-at.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import type { GalleryFace } from "../schemas/gallery.ts";
import { galleryModelOptions, galleryOption, imagePaths, lookOptions } from "../schemas/options.ts";
import { PersonName } from "../schemas/person-name.ts";
import { defineAnswer } from "./operation.ts";

export const enroll = defineAnswer({
  name: "enroll",
  summary: "Adds a known person to the gallery, from photographs that show them",
  positionals: ["name", "images"],
  examples: [{ command: "facenet enroll Anna anna-1.jpg anna-2.jpg", says: "the face that stands out in each is Anna" }],
  input: z.strictObject({
    name: PersonName.describe("the person's name; one who has it already gets more faces"),
    images: imagePaths,
    faces: z
      .enum(["prominent", "largest", "central"])
      .default("prominent")
      .describe("which face of a photograph that shows several"),
    ...galleryOption,
    ...lookOptions,
    ...galleryModelOptions,
  }),
  output: z.object({
    person: z.int(),
    name: z.string(),
    enrolled: z.array(
      z.object({
        image: z.string(),
        face: z.int(),
        reasons: z.array(z.string()).describe("what speaks against this face as a reference"),
      }),
    ),
    failures: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
  }),
  async run({ name, images: given, faces: choice, gallery, ...options }, { load, borrowGallery, signal, onProgress }) {
    const paths = given.map((path) => resolve(path));
    const { store, giveBack } = await galleryToFill({ gallery, paths, models: options }, { load, borrowGallery });
    try {
      const facenet = await loadForGallery(store, load, options);
      const added = new Set<string>();
      const { failures: unread } = await indexPhotographs(paths, {
        facenet,
        store,
        retry: true,
        forgotten: true, // they are named one by one
        signal,
        onProgress,
        ...options,
        onEvent: (event) => {
          if (event.kind === "added") added.add(event.path);
        },
      });
      const failures = [...unread];
      const enrolled: { image: string; face: number; reasons: string[] }[] = [];
      for (const path of paths) {
        if (failures.some((failure) => failure.path === path)) continue;
        try {
          // Of a photograph that was known, faces may be missing: of somebody who was forgotten.
          if (!added.has(path)) await lookAgainAt(path, { facenet, store, signal, maxPixels: options.maxPixels });
          const { id, quality } = await chosenFace(store, path, choice);
          enrolled.push({ image: path, face: id, reasons: quality.reasons });
        } catch (error) {
          if (!(error instanceof FaceNetError)) throw error;
          failures.push({ path, code: error.code, message: error.message });
        }
      }
      const [first] = failures;
      if (enrolled.length === 0 && first) throw new FaceNetError("ENROLMENT_FAILED", { name, reason: first.message });
      const faces = enrolled.map(({ face }) => face);
      const { person } = await store.correct({ kind: "enroll", name, faces });
      if (person === null) throw new TypeError("who is enrolled is a person");
      return { person, name, enrolled, failures };
    } finally {
      await giveBack();
    }
  },
});

/** @throws FaceNetError FACE_NOT_FOUND, FACE_AMBIGUOUS */
async function chosenFace(store: GalleryStore, path: string, choice: "prominent" | "largest" | "central"): Promise<GalleryFace> {
  const photograph = (await store.knownFile(path))?.photograph ?? -1;
  const faces = await Array.fromAsync(store.faces({ photograph }));
  if (faces.length === 0) throw new FaceNetError("FACE_NOT_FOUND", { image: path });
  const boxes = faces.map(({ box }) => box);
  const size = (await store.photograph(photograph)) ?? { width: 0, height: 0 };
  const index = choice === "prominent" ? prominentFace(boxes) : chooseFace(boxes, choice, size);
  const face = index === undefined ? undefined : faces[index];
  if (!face) throw new FaceNetError("FACE_AMBIGUOUS", { image: path, count: faces.length });
  return face;
}
