import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { galleryIdentity } from "../gallery/access/gallery-identity.ts";
import { embedByBoth } from "../gallery/embed-by-both.ts";
import { mapMissing as mapEmbeddings } from "../gallery/map-missing.ts";
import { embedAgain, type LostPhotograph } from "../gallery/migrate-gallery.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import type { GalleryIdentity } from "../schemas/gallery.ts";
import { MapCost } from "../schemas/map-cost.ts";
import { galleryOption, lookOptions, modelOptions } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const migrate = defineAnswer({
  name: "migrate",
  summary: "Moves the gallery to another embedding model or to this version's detector, keeping people, names and corrections",
  positionals: [],
  examples: [
    { command: "facenet migrate", says: "finds faces anew where another detector found them, with the gallery's own model" },
    {
      command: "facenet migrate --to sface.opencv-128",
      says: "embeds every face again from its photograph; can be stopped and started again",
    },
    {
      command: "facenet migrate --to sface.opencv-128 --forget-missing",
      says: "lets go of photographs that are gone or were changed",
    },
    {
      command: "facenet migrate --to sface.opencv-128 --map-missing",
      says: "of photographs that are gone, maps the embeddings from the old model to the new one, at a cost that it states",
    },
    { command: "facenet migrate --abandon", says: "gives it up; the gallery is as it was" },
  ],
  input: z.strictObject({
    to: z
      .string()
      .optional()
      .describe("embedding model to move to: an id of `facenet models`, or a path (default: the gallery's own)"),
    forgetMissing: z.boolean().default(false).describe("forget photographs that can no longer be read as they were"),
    mapMissing: z
      .boolean()
      .default(false)
      .describe("map embeddings of photographs that can no longer be read by a linear map fitted on the faces of the others"),
    mapPhotographs: z
      .string()
      .optional()
      .describe(
        "folder of photographs to fit the map on as well, where the gallery has too few (any faces; labels are not needed)",
      ),
    abandon: z.boolean().default(false).describe("give up the move that is under way"),
    ...galleryOption,
    maxPixels: lookOptions.maxPixels,
    threads: modelOptions.threads,
    device: modelOptions.device,
  }),
  output: z.object({
    model: z.string().describe("that the gallery is of now"),
    moved: z.boolean().describe("it is of the model asked for"),
    photographs: z.int().describe("embedded again in this run"),
    faces: z.int().describe("embedded again in this run"),
    found: z.int().describe("faces that the gallery did not have, found in this run"),
    left: z.int().describe("faces that are not embedded with the new model"),
    forgotten: z.int().describe("photographs let go of"),
    mapped: z.int().describe("faces whose embedding was mapped from the old model's"),
    mapCost: MapCost.nullable().describe("what that costs in accuracy; null where nothing was mapped"),
    lost: z
      .array(
        z.object({
          paths: z.array(z.string()),
          faces: z.int(),
          reason: z.enum(["gone", "changed", "unreadable"]),
          message: z.string(),
        }),
      )
      .describe("photographs whose faces cannot be embedded again"),
  }),
  run: (
    { to, forgetMissing, mapMissing, mapPhotographs, abandon, gallery, maxPixels, ...options },
    { borrowGallery, load, signal, onProgress },
  ) =>
    inGallery({ borrowGallery }, gallery, async (store) => {
      const kept = await store.identity();
      if (!kept) throw new FaceNetError("OPTION_INVALID", { option: "gallery", reason: "is empty: nothing to migrate" });
      if (forgetMissing && mapMissing)
        throw new FaceNetError("OPTION_INVALID", { option: "mapMissing", reason: "keeps what forgetMissing removes: give one" });
      const nothing = { photographs: 0, faces: 0, found: 0, left: 0, forgotten: 0, mapped: 0, mapCost: null, lost: [] };
      if (abandon) {
        await store.abandonMigration();
        return { ...nothing, model: kept.model, moved: false };
      }
      const facenet = await load({ ...options, model: to ?? kept.model });
      const wanted = galleryIdentity(facenet.model, facenet.detector);
      const findAnew = wanted.detector !== kept.detector || wanted.finding !== kept.finding;
      const isSameModel = wanted.model === kept.model && wanted.preprocessing === kept.preprocessing;
      if (isSameModel && !findAnew && !(await store.migration())) return { ...nothing, model: kept.model, moved: true };
      await store.startMigration(wanted);
      const { photographs, faces, found, lost } = await embedAgain({ facenet, store, findAnew, maxPixels, signal, onProgress });
      if (forgetMissing) await forgetAll(store, lost);
      const fitted = async () => {
        if (mapPhotographs === undefined || isSameModel) return [];
        const old = await load({ ...options, model: kept.model });
        requireSame(kept, galleryIdentity(old.model, old.detector));
        return embedByBoth(mapPhotographs, { from: old, to: facenet, maxPixels, signal, onProgress });
      };
      const mapped =
        mapMissing && lost.length > 0
          ? await mapEmbeddings({
              store,
              from: kept,
              to: wanted,
              model: facenet.model,
              photographs: lost.map(({ id }) => id),
              others: await fitted(),
            })
          : { faces: 0, cost: null };
      const left = (await store.migration())?.left ?? 0;
      if (left === 0) await store.finishMigration();
      return {
        model: left === 0 ? wanted.model : kept.model,
        moved: left === 0,
        photographs,
        faces,
        found,
        left,
        forgotten: forgetMissing ? lost.length : 0,
        mapped: mapped.faces,
        mapCost: mapped.cost,
        lost: lost.map(({ paths, ...rest }) => ({
          paths: [...paths],
          faces: rest.faces,
          reason: rest.reason,
          message: rest.message,
        })),
      };
    }),
});

/** @throws FaceNetError OPTION_INVALID where the model at hand is not the one that made the gallery's embeddings */
function requireSame(kept: GalleryIdentity, { preprocessing }: GalleryIdentity): void {
  if (preprocessing === kept.preprocessing) return;
  const reason = `cannot be embedded by the gallery's model: ${kept.model} has other weights or another preprocessing now`;
  throw new FaceNetError("OPTION_INVALID", { option: "mapPhotographs", reason });
}

/** They may come back when their files do. */
async function forgetAll(store: GalleryStore, lost: readonly LostPhotograph[]): Promise<void> {
  for (const { id } of lost) await store.forgetPhotograph(id, { mayReturn: true });
}
