/**
 * Thumbnail cache on disk: one folder per photograph, named after its content hash, with one file per face and size. Pictures of
 * forgotten photographs and faces are removed.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeWhole } from "../../files/whole-file.ts";
import type { GalleryFace } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/** Sizes used by the web page; other sizes are not cached. */
const KEPT_SIZES: ReadonlySet<number> = new Set([96, 160, 320, 480]);

export type CachedPicture = {
  /** of the photograph's file */
  readonly hash: string;
  /** part of the photograph shown: {@link facePart}, {@link WHOLE} */
  readonly part: string;
  readonly sizePx: number;
};

/**
 * Returns a picture from the cache, or makes and caches it. A folder that cannot be written only costs time.
 *
 * @param make makes the picture; not called for cached pictures
 */
export async function cachedPicture(
  folder: string | undefined,
  { hash, part, sizePx }: CachedPicture,
  make: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  if (folder === undefined || !KEPT_SIZES.has(sizePx)) return make();
  const file = join(folderOf(folder, hash), `${part}-${sizePx}.jpg`);
  const kept = await readFile(file).catch(() => undefined);
  if (kept) return kept;
  const bytes = await make();
  await write(file, bytes).catch(() => undefined);
  return bytes;
}

/** Writes atomically: concurrent requests may make the same picture, each in its own temporary file. */
async function write(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeWhole(file, bytes, { mode: 0o600, part: `${file}.${randomUUID()}` });
}

/** File name stem of a face's picture. Includes the box, because a face of another gallery may have the same number. */
export function facePart({ id, box }: Pick<GalleryFace, "id" | "box">): string {
  return `face-${id}-${[box.x, box.y, box.width, box.height].map(Math.round).join("-")}`;
}

export const WHOLE = "photograph";

/** Removes pictures of photographs and faces that are not in the gallery. */
export async function sweepPictures(folder: string, store: GalleryStore): Promise<void> {
  for (const shelf of await names(folder)) {
    for (const hash of await names(join(folder, shelf))) {
      const photograph = await store.photographByHash(hash);
      const within = folderOf(folder, hash);
      if (!photograph) {
        await rm(within, { recursive: true, force: true });
        continue;
      }
      const parts = new Set([WHOLE]);
      for await (const face of store.faces({ photograph: photograph.id })) parts.add(facePart(face));
      for (const file of await names(within)) {
        if (!parts.has(file.replace(/-\d+\.jpg$/, ""))) await rm(join(within, file), { force: true });
      }
    }
  }
}

const folderOf = (folder: string, hash: string): string => join(folder, hash.slice(0, 2), hash);

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
