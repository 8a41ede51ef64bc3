import { resolve } from "node:path";
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { loadForGallery } from "../gallery/access/gallery-model.ts";
import { calibrateAfterIndex } from "../gallery/calibrate-after-index.ts";
import { galleryToFill } from "../gallery/indexing/gallery-to-fill.ts";
import { indexFolders } from "../gallery/indexing/index-folders.ts";
import { requireFolders, requirePaths } from "../gallery/indexing/require-paths.ts";
import { parseShard } from "../gallery/indexing/shard.ts";
import { watchFolders } from "../gallery/indexing/watch-folders.ts";
import { AutomaticCalibration } from "../schemas/calibration.ts";
import { FileFailure } from "../schemas/failure.ts";
import { galleryModelOptions, galleryOption, lookOptions } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

const IndexAnswer = z.object({
  added: z.int().describe("new photographs"),
  moved: z.int().describe("files with known content: copied, moved or renamed"),
  known: z.int().describe("unchanged files; null with --watch").nullable(),
  lookedAgain: z
    .int()
    .describe(
      "known photographs in which faces were detected again, because minFaceSize or minConfidence has changed; null with --watch",
    )
    .nullable(),
  removed: z
    .int()
    .describe("faces of those removed, below the new minFaceSize or minConfidence and without corrections; null with --watch")
    .nullable(),
  forgotten: z.int().describe("files skipped, because a photograph with their content was forgotten"),
  missing: z.int().describe("files that existed before and are missing"),
  passedOver: z.record(z.string(), z.int()).describe("other files in the folders, by extension; null with --watch").nullable(),
  excluded: z
    .int()
    .describe("photographs and whole folders excluded by a pattern or a .nomedia file; null with --watch")
    .nullable(),
  companions: z.int().describe("RAW files whose JPEG or HEIC was indexed instead; null with --watch").nullable(),
  faces: z.int().describe("new faces"),
  carriedOver: z.int().describe("faces of edited or moved photographs, matched with their corrections").nullable(),
  calibrated: AutomaticCalibration.nullable().describe(
    "what an automatic calibration changed (docs/calibration.md); null: nothing",
  ),
  failures: z.array(FileFailure),
});
/** Not counted while watching, because files are read again and again. */
const notWatched = {
  known: null,
  lookedAgain: null,
  removed: null,
  carriedOver: null,
  passedOver: null,
  companions: null,
  excluded: null,
  calibrated: null,
};

export const index = defineAnswer({
  name: "index",
  summary: "Finds every face in folders of photographs and stores it in the gallery",
  positionals: ["paths"],
  examples: [
    { command: "facenet index ~/Photos", says: "can be interrupted and resumed; known files are skipped" },
    { command: "facenet index ~/Photos --watch", says: "keeps running and follows changes" },
    { command: "facenet index /photos --gallery postgres://db/faces --shard 3/16", says: "one of 16 workers" },
  ],
  input: z.strictObject({
    paths: z.array(z.string()).min(1).describe("folders, searched recursively, or photographs"),
    retry: z.boolean().default(false).describe("retry files that could not be read before"),
    forgotten: z.boolean().default(false).describe("include photographs that `facenet gallery forget` removed"),
    vectors: z.boolean().default(false).describe("also store full embeddings, for export"),
    readRegions: z
      .boolean()
      .default(false)
      .describe("import names of faces from XMP (digiKam, Lightroom), inside or beside photographs (docs/indexing.md)"),
    exclude: z
      .array(z.string().min(1))
      .default([])
      .describe("patterns of files and folders to exclude, as in .gitignore, separated by commas (docs/indexing.md)"),
    shard: z.string().optional().describe("only shard i of n, as i/n: one worker's share of the files (docs/indexing.md)"),
    watch: z.boolean().default(false).describe("keep running and index changes, until Ctrl-C"),
    poll: z
      .number()
      .min(1)
      .max(86_400)
      .optional()
      .describe("with --watch: seconds between scans of the folders, for network disks, which report no changes"),
    ...galleryOption,
    ...lookOptions,
    ...galleryModelOptions,
  }),
  output: IndexAnswer,
  async run(
    { paths: given, gallery, retry, forgotten, vectors, readRegions, exclude, shard: part, watch, poll, ...look },
    { load, borrowGallery, signal, onProgress, onEvent },
  ) {
    const shard = part === undefined ? undefined : parseShard(part);
    const paths = [...new Set(given.map((path) => resolve(path)))];
    if (watch) await requireFolders(paths);
    else if (poll !== undefined) throw new FaceNetError("OPTION_INVALID", { option: "poll", reason: "requires watch" });
    await requirePaths(paths);
    const toFill = { gallery, paths: watch ? undefined : paths, models: look, listing: { exclude } };
    await using opened = await galleryToFill(toFill, { load, borrowGallery });
    const { store } = opened;
    const options = {
      facenet: await loadForGallery(store, load, look),
      store,
      retry,
      forgotten,
      vectors,
      readRegions,
      exclude,
      shard,
      signal,
      onProgress,
      ...look,
    };
    if (watch) return { ...notWatched, ...(await watchFolders(paths, { ...options, pollMs: poll && poll * 1000, onEvent })) };
    const report = await indexFolders(paths, options);
    const { model: manifest, calibration } = options.facenet;
    // workers that share a gallery, each with a shard, leave it to `facenet calibrate`
    const calibrated = shard ? null : await calibrateAfterIndex(store, { manifest, calibration, now: new Date(), signal });
    return { ...report, calibrated, failures: [...report.failures] };
  },
});
