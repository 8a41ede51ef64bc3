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
  added: z.int().describe("photographs looked at for the first time"),
  moved: z.int().describe("files whose content was known already: copies, moved or renamed"),
  known: z.int().describe("files that had not changed; with --watch null, as they are looked at again and again").nullable(),
  lookedAgain: z
    .int()
    .describe("known photographs looked at once more, because minFaceSize or minConfidence has changed; with --watch null")
    .nullable(),
  removed: z
    .int()
    .describe("faces of those below the new minFaceSize or minConfidence, of which nothing was said; with --watch null")
    .nullable(),
  forgotten: z.int().describe("files passed over, because a photograph of their content was forgotten"),
  missing: z.int().describe("files that were there before and are gone"),
  passedOver: z
    .record(z.string(), z.int())
    .describe("files in the folders that are no photographs, by their ending; with --watch null")
    .nullable(),
  excluded: z
    .int()
    .describe("photographs and whole folders left out by a pattern or a .nomedia file; with --watch null")
    .nullable(),
  companions: z.int().describe("RAW files whose JPEG or HEIC beside them was taken; with --watch null").nullable(),
  faces: z.int().describe("new faces"),
  carriedOver: z
    .int()
    .describe("faces of photographs that were edited or have moved, found again with what was said of them")
    .nullable(),
  calibrated: AutomaticCalibration.nullable().describe(
    "thresholds measured on the gallery's own people, as there were enough: what changed; null: nothing (docs/calibration.md)",
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
  summary: "Finds every face in folders of photographs and keeps them in the gallery",
  positionals: ["paths"],
  examples: [
    { command: "facenet index ~/Photos", says: "may be stopped and started again; what is known is passed over" },
    { command: "facenet index ~/Photos --watch", says: "stays, and takes in what is added, changed, moved or removed" },
    { command: "facenet index /photos --gallery postgres://db/faces --shard 3/16", says: "one of 16 workers" },
  ],
  input: z.strictObject({
    paths: z.array(z.string()).min(1).describe("folders, walked to the bottom, or photographs"),
    retry: z.boolean().default(false).describe("look again at files that could not be read before"),
    forgotten: z.boolean().default(false).describe("take in photographs that `facenet gallery forget` removed, too"),
    vectors: z.boolean().default(false).describe("keep each face's embedding in full beside its bytes, for export"),
    readRegions: z
      .boolean()
      .default(false)
      .describe("take over names of faces from XMP (digiKam, Lightroom), inside photographs or beside them (docs/indexing.md)"),
    exclude: z
      .array(z.string().min(1))
      .default([])
      .describe("patterns of files and folders to leave out, as in a .gitignore; several with commas (docs/indexing.md)"),
    shard: z.string().optional().describe("only the i-th of n parts of the files, as i/n: one worker's share (docs/indexing.md)"),
    watch: z.boolean().default(false).describe("stay, and take in what changes in the folders, until Ctrl-C"),
    poll: z
      .number()
      .min(1)
      .max(86_400)
      .optional()
      .describe("with --watch: look through the folders every so many seconds; network disks tell of no changes"),
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
