/** Migrates a gallery to another embedding model or detector, or cancels a migration. */
import { FaceNetError } from "../errors.ts";
import type { FaceNet, FaceNetOptions, LookOptions } from "../faces/facenet.ts";
import type { RunContext } from "../faces/run-context.ts";
import { listImages } from "../image/list-images.ts";
import type { EmbeddingPair } from "../metric/linear-map.ts";
import { galleryIdentity, requireIdentity } from "./access/gallery-identity.ts";
import { embedAgain } from "./embed-again.ts";
import { mapMissing as mapEmbeddings } from "./map-missing.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

export type MigrateGalleryOptions = Pick<FaceNetOptions, "threads" | "device"> &
  Pick<LookOptions, "maxPixels"> & {
    /** embedding model to migrate to; default: the gallery's own, for another detector */
    readonly to?: string | undefined;
    /** remove the faces of photographs that cannot be read */
    readonly forgetMissing: boolean;
    /** map their embeddings by a linear map */
    readonly mapMissing: boolean;
    /** folder of further photographs to fit the map on */
    readonly mapPhotographs?: string | undefined;
    /** cancel the current migration */
    readonly abandon: boolean;
  };

/**
 * An interrupted migration resumes where it stopped; until it is complete, the gallery is used with its old embeddings.
 *
 * @throws FaceNetError OPTION_INVALID for an empty gallery; as `embedAgain` and `mapMissing`; the signal's reason
 */
export async function migrateGallery(
  store: GalleryStore,
  { to, forgetMissing, mapMissing, mapPhotographs, abandon, maxPixels, ...options }: MigrateGalleryOptions,
  { load, signal, onProgress }: RunContext,
) {
  const before = await requireIdentity(store);
  if (forgetMissing && mapMissing)
    throw new FaceNetError("OPTION_INVALID", { option: "mapMissing", reason: "does not combine with forgetMissing" });
  const nothing = { photographs: 0, faces: 0, found: 0, left: 0, forgotten: 0, mapped: 0, mapCost: null, lost: [] };
  if (abandon) {
    await store.abandonMigration();
    return { ...nothing, model: before.model, moved: false };
  }
  const facenet = await load({ ...options, model: to ?? before.model });
  const wanted = galleryIdentity(facenet.model, facenet.detector);
  const findAnew = wanted.detector !== before.detector || wanted.finding !== before.finding;
  const isSameModel = wanted.model === before.model && wanted.preprocessing === before.preprocessing;
  if (isSameModel && !findAnew && !(await store.migration())) return { ...nothing, model: before.model, moved: true };
  await store.startMigration(wanted);
  const { lost, ...counts } = await embedAgain({ facenet, store, findAnew, maxPixels, signal, onProgress });
  if (forgetMissing) for (const { id } of lost) await store.forgetPhotograph(id, { mayReturn: true });
  const further = async (folder: string): Promise<EmbeddingPair[]> => {
    const old = await load({ ...options, model: before.model });
    if (galleryIdentity(old.model, old.detector).preprocessing !== before.preprocessing) {
      const reason = `cannot be embedded by the gallery's model: ${before.model} has other weights or another preprocessing now`;
      throw new FaceNetError("OPTION_INVALID", { option: "mapPhotographs", reason });
    }
    return embedByBoth(folder, { from: old, to: facenet, maxPixels, signal, onProgress });
  };
  const mapped =
    mapMissing && lost.length > 0
      ? await mapEmbeddings({
          store,
          from: before,
          to: wanted,
          model: facenet.model,
          photographs: lost.map(({ id }) => id),
          others: mapPhotographs === undefined || isSameModel ? [] : await further(mapPhotographs),
        })
      : { faces: 0, cost: null };
  const left = (await store.migration())?.left ?? 0;
  if (left === 0) await store.finishMigration();
  return {
    ...counts,
    model: left === 0 ? wanted.model : before.model,
    moved: left === 0,
    left,
    forgotten: forgetMissing ? lost.length : 0,
    mapped: mapped.faces,
    mapCost: mapped.cost,
    lost: lost.map(({ paths, faces, reason, message }) => ({ paths: [...paths], faces, reason, message })),
  };
}

type EmbedByBothOptions = Pick<LookOptions, "maxPixels" | "signal" | "onProgress"> & {
  readonly from: FaceNet;
  /** also detects the faces */
  readonly to: FaceNet;
};

/** Embeds every face in a folder with both models; unreadable photographs are skipped. Each photograph is a group: -1, -2, … */
async function embedByBoth(folder: string, { from, to, ...options }: EmbedByBothOptions): Promise<EmbeddingPair[]> {
  const pairs: EmbeddingPair[] = [];
  for await (const item of to.embed(listImages(folder), options)) {
    if (!item.ok) continue;
    const marks = item.value.faces.map(({ box, landmarks, quality }) => ({ box, landmarks, confidence: quality.confidence }));
    const { maxPixels, signal } = options;
    const { faces } = await from.embedFaces({ source: item.image, faces: marks }, { maxPixels, signal });
    for (const [i, face] of item.value.faces.entries()) {
      const before = faces[i]?.embedding.vector;
      if (before) pairs.push({ from: before, to: face.embedding.vector, group: -1 - item.index });
    }
  }
  return pairs;
}
