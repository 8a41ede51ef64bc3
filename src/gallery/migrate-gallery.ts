/**
 * Moves a gallery to another embedding model: every photograph is read again from disk and its faces are embedded by the
 * landmarks that the gallery has, so that faces keep their numbers, people and corrections. What is done is kept beside the old
 * embeddings; it can be stopped at any moment and gone on with.
 */

import type { BatchItem, Progress } from "../faces/batch.ts";
import { ProgressCounter, toFaceNetError } from "../faces/batch.ts";
import type { FaceNet, LookOptions } from "../faces/facenet.ts";
import { mapOrdered } from "../faces/map-ordered.ts";
import type { GalleryFace, Photograph } from "../schemas/gallery.ts";
import type { EmbeddedImage } from "../schemas/looked-at.ts";
import { readContent } from "./indexing/photograph-file.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

/** Photographs that are read before the worker threads ask for them. */
const READ_AHEAD = 4;
/** Photographs asked of the gallery at a time. */
const PORTION = 500;

export type MigrateOptions = Pick<LookOptions, "maxPixels" | "signal"> & {
  /** With the model to move to. */
  readonly facenet: FaceNet;
  readonly store: GalleryStore;
  readonly onProgress?: (progress: Progress) => void;
};

/** A photograph whose faces cannot be embedded again. */
export type LostPhotograph = {
  readonly id: number;
  readonly paths: readonly string[];
  readonly faces: number;
  /** no file is left, every file has other content than it had, or it can no longer be decoded */
  readonly reason: "gone" | "changed" | "unreadable";
  readonly message: string;
};

export type MigrateReport = { readonly photographs: number; readonly faces: number; readonly lost: readonly LostPhotograph[] };

type Opened = { readonly photograph: Photograph; readonly faces: readonly GalleryFace[]; readonly data: Uint8Array };

/**
 * Embeds all faces that are left of the migration that the store has under way; does not finish it.
 *
 * @throws FaceNetError GALLERY_NOT_WRITABLE; the signal's reason. What was done is kept.
 */
export async function embedAgain({ facenet, store, maxPixels, signal, onProgress }: MigrateOptions): Promise<MigrateReport> {
  const lost = new Map<number, LostPhotograph>();
  const counts = { photographs: 0, faces: 0 };
  const progress = new ProgressCounter(await countLeft(store), performance.now());
  const count = (ok: boolean, faces: number): void => onProgress?.(progress.count(ok, faces, performance.now()));

  const opened: Opened[] = [];
  const opening = async (id: number): Promise<Opened | undefined> => {
    const photograph = await store.photograph(id);
    if (!photograph) return undefined; // forgotten meanwhile
    const faces = await Array.fromAsync(store.faces({ photograph: id }));
    const content = await originalOf(photograph);
    if ("data" in content) return { photograph, faces, data: content.data };
    lost.set(id, { id, paths: photograph.paths, faces: faces.length, ...content });
    count(false, 0);
    return undefined;
  };
  async function* marked() {
    for await (const each of mapOrdered(unmigrated(store), READ_AHEAD, opening, signal)) {
      if (!each) continue;
      opened.push(each);
      yield {
        source: each.data,
        faces: each.faces.map(({ box, landmarks, quality }) => ({ box, landmarks, confidence: quality.confidence })),
      };
    }
  }
  const record = async ({ photograph, faces }: Opened, item: BatchItem<EmbeddedImage>): Promise<void> => {
    if (!item.ok) {
      const { id, paths } = photograph;
      lost.set(id, { id, paths, faces: faces.length, reason: "unreadable", message: item.error.message });
      return count(false, 0);
    }
    const embedded = faces.map(({ id, vector }, i) => {
      const { embedding } = item.value.faces[i] as EmbeddedImage["faces"][number];
      return { id, code: embedding.code, vector: vector && embedding.vector };
    });
    await store.recordMigrated(embedded);
    counts.photographs++;
    counts.faces += faces.length;
    count(true, faces.length);
  };

  for await (const item of facenet.embedFaces(marked(), { maxPixels, signal })) await record(opened.shift() as Opened, item);
  return { ...counts, lost: [...lost.values()] };
}

async function countLeft(store: GalleryStore): Promise<number> {
  let left = 0;
  for await (const _ of unmigrated(store)) left++;
  return left;
}

/** Photographs with faces that are left, each once, in the order of their numbers. */
async function* unmigrated(store: GalleryStore): AsyncGenerator<number> {
  for (let after = 0; ; ) {
    const ids = await store.unmigratedPhotographs(after, PORTION);
    if (ids.length === 0) return;
    yield* ids;
    after = ids.at(-1) as number;
  }
}

/** The bytes that the faces were found in, from whichever of its files still has them. */
async function originalOf({
  hash,
  paths,
}: Photograph): Promise<{ data: Uint8Array } | Pick<LostPhotograph, "reason" | "message">> {
  let lost: Pick<LostPhotograph, "reason" | "message"> = { reason: "gone", message: "the gallery knows no file of it" };
  for (const path of paths) {
    try {
      const content = await readContent(path);
      if (content.hash === hash) return content;
      lost = { reason: "changed", message: `${path}: has been changed since its faces were found` };
    } catch (error) {
      if (lost.reason !== "changed") lost = { reason: "gone", message: toFaceNetError(error).message };
    }
  }
  return lost;
}
