/** Opens a gallery by name: path of a file, address of a PostgreSQL database, or the user's default gallery. */
import { mkdir, open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FaceNetError, reasonOf } from "../../errors.ts";
import { dataFolder } from "../../files/data-folder.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { openGalleryStore } from "../store/open-gallery-store.ts";
import { isPostgresAddress } from "../store/postgres/postgres-address.ts";
import { editDistance } from "./edit-distance.ts";

export type OpenGalleryOptions = {
  /** Create the gallery and its folder if it does not exist, for operations that add photographs or people. Default false. */
  readonly create?: boolean;
};

/** First bytes of every SQLite database. */
const SQLITE_HEADER = "SQLite format 3\0";
/** Number of names suggested in place of a missing one. */
const SUGGESTED = 3;

/** Path of the default gallery. */
export function defaultGallery(env?: NodeJS.ProcessEnv, home?: string): string {
  return join(dataFolder(env, home), "gallery.db");
}

/** Folder for a gallery's files (uploaded photographs, audit log): next to the gallery file, or the user's data folder. */
export function galleryFolder(name: string | undefined): string {
  return dirname(name === undefined || isPostgresAddress(name) ? defaultGallery() : name);
}

/**
 * Opens a gallery. A new file is readable and writable by its owner only (mode 600).
 *
 * @param name default: {@link defaultGallery}
 * @throws FaceNetError GALLERY_NOT_FOUND if it does not exist, without `create`; GALLERY_NOT_READABLE, GALLERY_TOO_NEW,
 *   GALLERY_DAMAGED; for a server GALLERY_UNREACHABLE, GALLERY_ACCESS_DENIED, GALLERY_DATABASE_MISSING
 */
export async function openGallery(name: string | undefined, { create = false }: OpenGalleryOptions = {}): Promise<GalleryStore> {
  const path = name ?? defaultGallery();
  if (!isPostgresAddress(path)) await (create ? createFile(path) : requireFile(path));
  return openGalleryStore(path, { create });
}

async function createFile(path: string): Promise<void> {
  try {
    if (await stat(path).catch(() => undefined)) return;
    await mkdir(dirname(path), { recursive: true });
    await (await open(path, "a", 0o600)).close();
  } catch (error) {
    throw new FaceNetError("GALLERY_NOT_READABLE", { gallery: path, reason: reasonOf(error) }, error);
  }
}

/** @throws FaceNetError GALLERY_NOT_FOUND, GALLERY_NOT_READABLE for a file of 0 bytes */
async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new FaceNetError("GALLERY_NOT_FOUND", { gallery: path, nearest: await nearestGalleries(path) });
  if (found.isFile() && found.size === 0)
    throw new FaceNetError("GALLERY_NOT_READABLE", { gallery: path, reason: "the file is empty (0 bytes)" });
}

/** Databases in the same folder, most similar names first. */
async function nearestGalleries(path: string): Promise<string[]> {
  const folder = dirname(path);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
  const galleries: string[] = [];
  for (const file of files) if (await isDatabase(file)) galleries.push(file);
  const distance = (file: string): number => editDistance(basename(file), basename(path));
  return galleries.sort((a, b) => distance(a) - distance(b)).slice(0, SUGGESTED);
}

async function isDatabase(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  try {
    const { buffer, bytesRead } = (await file?.read(Buffer.alloc(SQLITE_HEADER.length), 0, SQLITE_HEADER.length, 0)) ?? {};
    return bytesRead === SQLITE_HEADER.length && buffer?.toString("latin1") === SQLITE_HEADER;
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}
