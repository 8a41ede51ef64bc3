/**
 * Migrates a gallery to another embedding model or detector by reading every photograph again from disk. For a new model alone,
 * faces are embedded using the stored landmarks. For a new detector, faces are detected again: a face detected at the position of
 * a known one keeps its number, person and corrections; a known face not detected again also keeps its landmarks; the others are
 * new faces. New embeddings are stored beside the old ones until the migration is complete; an interrupted migration resumes
 * where it stopped.
 */

import { FaceNetError, failureOf } from "../errors.ts";
import { type Progress, ProgressCounter } from "../faces/batch.ts";
import { pairBoxes } from "../faces/detection/overlap.ts";
import type { FaceNet, LookOptions } from "../faces/facenet.ts";
import { mapOrdered } from "../faces/map-ordered.ts";
import type { EmbeddedImage } from "../schemas/face.ts";
import type { GalleryFace, Photograph } from "../schemas/gallery.ts";
import type { NamedBytes } from "../schemas/image-source.ts";
import { type FileContent, readContent } from "./indexing/photograph-file.ts";
import type { GalleryStore, MigratedPhotograph } from "./store/gallery-store.ts";

/** Photographs in progress: enough for the worker threads. */
const AT_A_TIME = 16;
/** Intersection over union of one face's boxes by two detectors; neighbours in a crowd overlap less. */
const SAME_FACE = 0.3;
/** Photographs per query. */
const PORTION = 500;

export type MigrateOptions = Pick<LookOptions, "maxPixels" | "signal"> & {
  /** With the new model. */
  readonly facenet: FaceNet;
  readonly store: GalleryStore;
  /** Detect faces again, because the gallery's faces were detected differently. */
  readonly findAnew: boolean;
  readonly onProgress?: (progress: Progress) => void;
};

/** A photograph whose faces cannot be embedded again. */
export type LostPhotograph = {
  readonly id: number;
  readonly paths: readonly string[];
  readonly faces: number;
  /** no file is left, every file's content has changed, or it can no longer be decoded */
  readonly reason: "gone" | "changed" | "unreadable";
  readonly message: string;
};

export type MigrateReport = {
  readonly photographs: number;
  readonly faces: number;
  readonly found: number;
  readonly lost: readonly LostPhotograph[];
};

/**
 * Embeds all remaining faces of the store's current migration; does not finish it.
 *
 * @throws FaceNetError GALLERY_NOT_WRITABLE; the signal's reason. Completed work is kept.
 */
export async function embedAgain({
  facenet,
  store,
  findAnew,
  maxPixels,
  signal,
  onProgress,
}: MigrateOptions): Promise<MigrateReport> {
  const lost = new Map<number, LostPhotograph>();
  const counts = { photographs: 0, faces: 0, found: 0 };
  const progress = new ProgressCounter(await countLeft(store), performance.now());
  const count = (ok: boolean, faces: number): void => onProgress?.(progress.count(ok, faces, performance.now()));

  const again = async (id: number): Promise<void> => {
    const photograph = await store.photograph(id);
    if (!photograph) return; // forgotten meanwhile
    const faces = await Array.fromAsync(store.faces({ photograph: id }));
    const lose = (reason: Pick<LostPhotograph, "reason" | "message">) => {
      lost.set(id, { id, paths: photograph.paths, faces: faces.length, ...reason });
      count(false, 0);
    };
    const content = await originalOf(photograph, store);
    if (!("data" in content)) return lose(content);
    try {
      const source = { name: content.path, data: content.data };
      const migrated = await embedPhotograph(facenet, source, faces, { findAnew, maxPixels, signal });
      await store.recordMigrated({ photograph: id, ...migrated });
      counts.photographs++;
      counts.faces += migrated.faces.length;
      counts.found += migrated.found.length;
      count(true, migrated.faces.length + migrated.found.length);
    } catch (error) {
      if (!(error instanceof FaceNetError) || !error.code.startsWith("IMAGE_")) throw error;
      lose({ reason: "unreadable", message: error.problem });
    }
  };
  for await (const _ of mapOrdered(unmigrated(store), AT_A_TIME, again, signal));
  return { ...counts, lost: [...lost.values()] };
}

type EmbedOptions = Pick<MigrateOptions, "findAnew" | "maxPixels" | "signal">;

async function embedPhotograph(
  facenet: FaceNet,
  source: NamedBytes,
  known: readonly GalleryFace[],
  { findAnew, ...options }: EmbedOptions,
): Promise<Pick<MigratedPhotograph, "faces" | "found">> {
  const found = findAnew ? (await facenet.embed(source, options)).faces : [];
  const partners = new Map(pairBoxes(known, found, SAME_FACE));
  const rest = known.filter((face) => !partners.has(face));
  const marks = rest.map(({ box, landmarks, quality }) => ({ box, landmarks, confidence: quality.confidence }));
  const again = rest.length > 0 ? (await facenet.embedFaces({ source, faces: marks }, options)).faces : [];
  const taken = new Set(partners.values());
  return {
    faces: known.map((face) => {
      const partner = partners.get(face);
      const { box, landmarks, quality, embedding } = partner ?? (again[rest.indexOf(face)] as EmbeddedImage["faces"][number]);
      return {
        id: face.id,
        code: embedding.code,
        vector: face.vector && embedding.vector,
        ...(partner && { place: { box, landmarks, quality } }),
      };
    }),
    found: found
      .filter((face) => !taken.has(face))
      .map(({ box, landmarks, quality, embedding: { code } }) => ({ box, landmarks, quality, code, vector: null })),
  };
}

async function countLeft(store: GalleryStore): Promise<number> {
  let left = 0;
  for await (const _ of unmigrated(store)) left++;
  return left;
}

/** Photographs with faces still to be embedded, each once, by number. */
async function* unmigrated(store: GalleryStore): AsyncGenerator<number> {
  for (let after = 0; ; ) {
    const ids = await store.unmigratedPhotographs(after, PORTION);
    if (ids.length === 0) return;
    yield* ids;
    after = ids.at(-1) as number;
  }
}

/** The bytes in which the faces were detected, from any of the photograph's files that still has them. */
export async function originalOf(
  { id, paths }: Photograph,
  store: GalleryStore,
): Promise<FileContent | Pick<LostPhotograph, "reason" | "message">> {
  let lost: Pick<LostPhotograph, "reason" | "message"> = { reason: "gone", message: "the gallery knows no file of it" };
  for (const path of paths) {
    try {
      const content = await readContent(path);
      if ((await store.photographByHash(content.hash))?.id === id) return content;
      lost = { reason: "changed", message: "has been changed since its faces were found" };
    } catch (error) {
      if (lost.reason !== "changed") lost = { reason: "gone", message: failureOf(error).message };
    }
  }
  return lost;
}
