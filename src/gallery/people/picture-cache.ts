/**
 * Small pictures kept on disk, so that no photograph is decoded twice for its thumbnails: a folder per photograph, named after
 * its content, in it a file per face and size. What the gallery has forgotten is swept out.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeWhole } from "../../files/whole-file.ts";
import type { GalleryFace } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/** Sizes that the page asks for; pictures of others are made each time. */
const KEPT_SIZES: ReadonlySet<number> = new Set([96, 160, 320, 480]);

export type CachedPicture = {
  /** of the photograph's file */
  readonly hash: string;
  /** which part of the photograph it shows: {@link facePart}, {@link WHOLE} */
  readonly part: string;
  readonly sizePx: number;
};

/**
 * A picture out of the folder; if it is not there, it is made and kept. A folder that cannot be written only costs time.
 *
 * @param make makes the picture; pictures that are kept do not wait for it
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

/** Several requests may make the same picture at a time: each writes its own part. */
async function write(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeWhole(file, bytes, { mode: 0o600, part: `${file}.${randomUUID()}` });
}

/** How the picture of a face is named: by its box, which a face of another gallery with the same number has not. */
export function facePart({ id, box }: Pick<GalleryFace, "id" | "box">): string {
  return `face-${id}-${[box.x, box.y, box.width, box.height].map(Math.round).join("-")}`;
}

export const WHOLE = "photograph";

/** Removes pictures of photographs and faces that the gallery does not have. */
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
