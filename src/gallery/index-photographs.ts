/**
 * Fills a gallery from files: looks at what is new or changed, passes over what is known, notes what could not
 * be read and what is gone. Each photograph is one transaction, so a run may end at any moment and go on later.
 */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { FaceNetError, reasonOf } from "../errors.ts";
import { type Progress, ProgressCounter } from "../pipeline/batch.ts";
import type { FaceNet, LookOptions } from "../pipeline/facenet.ts";
import { galleryIdentity } from "./gallery-identity.ts";
import type { GalleryStore } from "./gallery-store.ts";

export type IndexOptions = Pick<LookOptions, "minFaceSize" | "minConfidence" | "maxPixels" | "signal"> & {
  readonly facenet: FaceNet;
  readonly store: GalleryStore;
  /** Look again at files that could not be read before and have not changed. Default false. */
  readonly retry?: boolean;
  readonly onProgress?: (progress: Progress) => void;
};

export type IndexReport = {
  /** photographs looked at for the first time */
  readonly added: number;
  /** files whose content was in the gallery already: copies, moved or renamed */
  readonly moved: number;
  /** files that had not changed since they were looked at */
  readonly known: number;
  readonly faces: number;
  /** files that could not be read, in this run or before */
  readonly failures: readonly { readonly path: string; readonly code: string; readonly message: string }[];
};

type Candidate = { readonly path: string; readonly bytes: number; readonly modifiedMs: number };

/**
 * @param paths of files
 * @throws FaceNetError GALLERY_MODEL_MISMATCH, GALLERY_NOT_WRITABLE; the signal's reason. What was done is kept.
 */
export async function indexPhotographs(
  paths: readonly string[],
  { facenet, store, retry = false, ...options }: IndexOptions,
): Promise<IndexReport> {
  const { signal, onProgress } = options;
  await store.adopt(galleryIdentity(facenet.model, facenet.detector));
  const report = { added: 0, moved: 0, known: 0, faces: 0 };
  const failures: { path: string; code: string; message: string }[] = [];

  const fail = async (file: Candidate, error: FaceNetError): Promise<void> => {
    failures.push({ path: file.path, code: error.code, message: error.message });
    // What is no property of the file may go better next time.
    if (error.code.startsWith("IMAGE_")) await store.recordFailure({ ...file, code: error.code, message: error.message });
  };

  const todo: Candidate[] = [];
  for (const path of paths) {
    signal?.throwIfAborted();
    const file = await candidate(path);
    const known = file && (await store.knownFile(path));
    if (!file)
      failures.push({ path, code: "IMAGE_NOT_FOUND", message: new FaceNetError("IMAGE_NOT_FOUND", { image: path }).message });
    else if (!known || known.missing || known.bytes !== file.bytes || known.modifiedMs !== file.modifiedMs) todo.push(file);
    else if (known.error && retry) todo.push(file);
    else {
      report.known++;
      if (known.error) failures.push({ path, ...known.error });
    }
  }

  const progress = new ProgressCounter(todo.length, performance.now());
  const count = (ok: boolean, faces: number) => onProgress?.(progress.count(ok, faces, performance.now()));
  const looking = new Map<number, Candidate & { readonly hash: string }>();
  let index = 0;
  /** Paths to look at; contents that are known get their new path on the way. */
  async function* unseen(): AsyncGenerator<string> {
    for (const file of todo) {
      let hash: string;
      try {
        hash = createHash("sha256")
          .update(await readFile(file.path))
          .digest("hex");
      } catch (error) {
        await fail(file, new FaceNetError("IMAGE_NOT_READABLE", { image: file.path, reason: reasonOf(error) }, error));
        count(false, 0);
        continue;
      }
      const twin = await store.photographByHash(hash);
      if (twin) {
        await store.recordFile({ ...file, ...twin, faces: [] });
        report.moved++;
        count(true, 0);
        continue;
      }
      looking.set(index++, { ...file, hash });
      yield file.path;
    }
  }

  for await (const item of facenet.embed(unseen(), { ...options, onProgress: undefined })) {
    const file = looking.get(item.index) as Candidate & { readonly hash: string };
    looking.delete(item.index);
    if (item.ok) {
      const { width, height } = item.value;
      const faces = item.value.faces.map(({ box, landmarks, quality, embedding }) => ({
        box,
        landmarks,
        quality,
        code: embedding.code,
      }));
      const { added } = await store.recordFile({ ...file, width, height, takenAt: null, faces });
      if (added) report.faces += faces.length;
      report[added ? "added" : "moved"]++;
      count(true, faces.length);
    } else {
      await fail(file, item.error);
      count(false, 0);
    }
  }
  return { ...report, failures };
}

async function candidate(path: string): Promise<Candidate | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info?.isFile() ? { path, bytes: info.size, modifiedMs: info.mtimeMs } : undefined;
}
