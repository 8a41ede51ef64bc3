import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { ruleOf } from "../schemas/broken-rule.ts";
import { GalleryFace } from "../schemas/gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

/** Maximum number of problems listed. */
const LISTED = 100;

export const galleryCheck = defineAnswer({
  name: "gallery check",
  summary: "Reads the whole gallery and reports damage",
  examples: [{ command: "facenet gallery check && cp …", says: "exit code 0 if the gallery is sound, else 7" }],
  input: z.strictObject(galleryOption),
  output: z.object({
    gallery: z.string(),
    sound: z.boolean(),
    problems: z.array(z.string()).describe(`descriptions, at most ${LISTED}; empty if it is sound`),
    faces: z.int().describe("faces read"),
  }),
  async run({ gallery }, context) {
    const { signal } = context;
    let name = gallery;
    let faces = 0;
    const problems: string[] = [];
    try {
      await inGallery(context, gallery, async (store) => {
        name = store.name;
        problems.push(...(await store.check()));
        for await (const problem of unreadableFaces(store, signal, () => faces++)) {
          problems.push(problem);
          if (problems.length >= LISTED) break;
        }
      });
    } catch (error) {
      if (!(error instanceof FaceNetError) || error.code !== "GALLERY_DAMAGED") throw error;
      name = String(error.data.gallery);
      problems.push(String(error.data.reason));
    }
    return { gallery: name ?? "", sound: problems.length === 0, problems: problems.slice(0, LISTED), faces };
  },
});

/** Faces whose record is invalid. */
async function* unreadableFaces(store: GalleryStore, signal: AbortSignal, count: () => void): AsyncGenerator<string> {
  for await (const face of store.faces()) {
    signal.throwIfAborted();
    count();
    const [issue] = GalleryFace.safeParse(face).error?.issues ?? [];
    if (issue) yield `face ${face.id}: its ${issue.path.join(".")} ${ruleOf(issue)}`;
  }
}
