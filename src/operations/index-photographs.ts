import { resolve } from "node:path";
import * as z from "zod";
import { indexPhotographs } from "../gallery/index-photographs.ts";
import { isDirectory, listImages } from "../image/list-images.ts";
import { galleryOption, lookOptions, modelOptions } from "../schemas/options.ts";
import { openGallery } from "./open-gallery.ts";
import { defineAnswer } from "./operation.ts";

export const index = defineAnswer({
  name: "index",
  summary: "Finds every face in folders of photographs and keeps them in the gallery",
  positionals: ["paths"],
  examples: [
    { command: "facenet index ~/Photos", says: "may be stopped and started again; what is known is passed over" },
    { command: "facenet index ~/Photos --retry", says: "looks again at files that could not be read" },
  ],
  input: z.strictObject({
    paths: z.array(z.string()).min(1).describe("folders, walked to the bottom, or photographs"),
    retry: z.boolean().default(false).describe("look again at files that could not be read before"),
    ...galleryOption,
    ...lookOptions,
    ...modelOptions,
  }),
  output: z.object({
    added: z.int().describe("photographs looked at for the first time"),
    moved: z.int().describe("files whose content was known already: copies, moved or renamed"),
    known: z.int().describe("files that had not changed"),
    missing: z.int().describe("files that were there before and are gone"),
    faces: z.int().describe("new faces"),
    failures: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
  }),
  async run({ paths, gallery, retry, ...options }, { load, signal, onProgress }) {
    const store = await openGallery(gallery);
    try {
      const files: string[] = [];
      const gone: string[] = [];
      for (const path of paths.map((given) => resolve(given))) {
        if (!(await isDirectory(path))) {
          files.push(path);
          continue;
        }
        const here = new Set<string>();
        for await (const file of listImages(path)) {
          signal.throwIfAborted();
          here.add(file);
        }
        files.push(...here);
        for (const known of await store.knownPaths(`${path}/`)) if (!here.has(known)) gone.push(known);
      }
      const facenet = await load(options);
      const report = await indexPhotographs(files, { facenet, store, retry, signal, onProgress, ...options });
      await store.markMissing(gone);
      return { ...report, missing: gone.length, failures: [...report.failures] };
    } finally {
      await store.close();
    }
  },
});
