import { resolve, sep } from "node:path";
import * as z from "zod";
import type { GalleryStore } from "../gallery/gallery-store.ts";
import { type IndexReport, indexPhotographs } from "../gallery/index-photographs.ts";
import { goneFiles } from "../gallery/indexing/gone-files.ts";
import { isOfShard, parseShard, type Shard } from "../gallery/indexing/shard.ts";
import { isDirectory, listImages } from "../image/list-images.ts";
import { galleryOption, lookOptions, modelOptions } from "../schemas/options.ts";
import { openGallery } from "./open-gallery.ts";
import { defineAnswer } from "./operation.ts";

/** Files marked as gone in one transaction. */
const GONE_AT_ONCE = 500;

export const index = defineAnswer({
  name: "index",
  summary: "Finds every face in folders of photographs and keeps them in the gallery",
  positionals: ["paths"],
  examples: [
    { command: "facenet index ~/Photos", says: "may be stopped and started again; what is known is passed over" },
    { command: "facenet index ~/Photos --retry", says: "looks again at files that could not be read" },
    { command: "facenet index /photos --gallery postgres://db/faces --shard 3/16", says: "one of 16 workers" },
  ],
  input: z.strictObject({
    paths: z.array(z.string()).min(1).describe("folders, walked to the bottom, or photographs"),
    retry: z.boolean().default(false).describe("look again at files that could not be read before"),
    forgotten: z.boolean().default(false).describe("take in photographs that `facenet gallery forget` removed, too"),
    shard: z.string().optional().describe("only the i-th of n parts of the files, as i/n: one worker's share (docs/indexing.md)"),
    ...galleryOption,
    ...lookOptions,
    ...modelOptions,
  }),
  output: z.object({
    added: z.int().describe("photographs looked at for the first time"),
    moved: z.int().describe("files whose content was known already: copies, moved or renamed"),
    known: z.int().describe("files that had not changed"),
    forgotten: z.int().describe("files passed over, because a photograph of their content was forgotten"),
    missing: z.int().describe("files that were there before and are gone"),
    faces: z.int().describe("new faces"),
    failures: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
  }),
  async run({ paths, gallery, retry, forgotten, shard: part, ...options }, { load, signal, onProgress }) {
    const shard = part === undefined ? undefined : parseShard(part);
    const store = await openGallery(gallery);
    try {
      const facenet = await load(options);
      const roots = await rootsOf(paths);
      const report: IndexReport = await indexPhotographs(filesIn(roots, shard, signal), {
        facenet,
        store,
        retry,
        forgotten,
        signal,
        onProgress,
        ...options,
      });
      const missing = await markGone(store, roots, shard, signal);
      return { ...report, missing, failures: [...report.failures] };
    } finally {
      await store.close();
    }
  },
});

type Root = { readonly path: string; readonly isFolder: boolean };

async function rootsOf(paths: readonly string[]): Promise<Root[]> {
  const all = [...new Set(paths.map((path) => resolve(path)))];
  return Promise.all(all.map(async (path) => ({ path, isFolder: await isDirectory(path) })));
}

async function* filesIn(roots: readonly Root[], shard: Shard | undefined, signal: AbortSignal): AsyncGenerator<string> {
  const seen = new Set<string>(); // of folders: none is walked twice
  for (const { path, isFolder } of roots) {
    for await (const file of isFolder ? listImages(path, seen) : [path]) {
      signal.throwIfAborted();
      if (isOfShard(file, shard)) yield file;
    }
  }
}

/** @returns how many files that the gallery knew in these folders are gone from disk */
async function markGone(
  store: GalleryStore,
  roots: readonly Root[],
  shard: Shard | undefined,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  for (const { path, isFolder } of roots) {
    if (!isFolder) continue;
    let gone: string[] = [];
    for await (const file of goneFiles(store.knownPaths(path.endsWith(sep) ? path : path + sep))) {
      signal.throwIfAborted();
      if (isOfShard(file, shard)) gone.push(file);
      if (gone.length < GONE_AT_ONCE) continue;
      await store.markMissing(gone);
      count += gone.length;
      gone = [];
    }
    await store.markMissing(gone);
    count += gone.length;
  }
  return count;
}
