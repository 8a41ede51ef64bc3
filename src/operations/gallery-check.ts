import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { ruleOf } from "../schemas/broken-rule.ts";
import { GalleryFace } from "../schemas/gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

/** More are not listed: what is wrong in thousands of places is wrong in one way. */
const LISTED = 100;

export const galleryCheck = defineAnswer({
  name: "gallery check",
  summary: "Reads the whole gallery and says what is wrong with it",
  positionals: [],
  examples: [{ command: "facenet gallery check && cp …", says: "the exit code is 0 when it is sound, 7 when it is not" }],
  input: z.strictObject(galleryOption),
  output: z.object({
    gallery: z.string(),
    sound: z.boolean(),
    problems: z.array(z.string()).describe(`in words, ${LISTED} at most; none when it is sound`),
    faces: z.int().describe("that were read"),
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

/** Faces whose record is not what it was written as. */
async function* unreadableFaces(store: GalleryStore, signal: AbortSignal, count: () => void): AsyncGenerator<string> {
  for await (const face of store.faces()) {
    signal.throwIfAborted();
    count();
    const [issue] = GalleryFace.safeParse(face).error?.issues ?? [];
    if (issue) yield `face ${face.id}: its ${issue.path.join(".")} ${ruleOf(issue)}`;
  }
}
