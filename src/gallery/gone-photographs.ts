/**
 * Photographs without a file on disk, separated by whether they are certain to have been removed. An unmounted disk or a lost
 * network share looks like an empty or missing folder, so photographs below one do not count as removed.
 */
import { readdir, stat } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import type { Photograph } from "../schemas/gallery.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

/** Mount points of disks and shares: a missing folder in one may be a disk. */
const MOUNT_PARENTS = /^(?:\/mnt|\/media(?:\/[^/]+)?|\/run\/media(?:\/[^/]+)?|\/Volumes|[A-Za-z]:\\?|\/)$/;

export type GonePhotographs = {
  /** other photographs of the gallery remain in the same folder, or in its parent */
  readonly removed: readonly Photograph[];
  /** by the folder that is missing, empty or without photographs of the gallery */
  readonly unreachable: ReadonlyMap<string, readonly Photograph[]>;
  /** a file exists at their path; the next indexing run examines it */
  readonly back: readonly Photograph[];
};

/** @param within only photographs whose last path is in this folder or a sub-folder */
export async function gonePhotographs(store: GalleryStore, within?: string): Promise<GonePhotographs> {
  const folders = new Folders(store);
  const removed: Photograph[] = [];
  const back: Photograph[] = [];
  const unreachable = new Map<string, Photograph[]>();
  for await (const photograph of store.photographs()) {
    if (!photograph.gone) continue;
    const paths = photograph.paths.filter((path) => within === undefined || isBelow(path, within));
    if (paths.length < Math.max(1, photograph.paths.length)) continue;
    const known = await Promise.all(paths.map((path) => store.knownFile(path)));
    // If a photograph was replaced, its last path now has another one: it is certainly gone.
    const own = paths.filter((_, i) => known[i] === undefined || known[i]?.photograph === photograph.id);
    if ((await Promise.all(own.map(exists))).some(Boolean)) {
      back.push(photograph);
      continue;
    }
    const doubtful = (await Promise.all(own.map((path) => folders.doubt(path)))).find((folder) => folder !== undefined);
    if (doubtful === undefined) removed.push(photograph);
    else unreachable.set(doubtful, [...(unreachable.get(doubtful) ?? []), photograph]);
  }
  return { removed, unreachable, back };
}

/** State of folders on disk, each read once. */
class Folders {
  readonly #store: GalleryStore;
  readonly #doubts = new Map<string, Promise<string | undefined>>();
  readonly #photographs = new Map<string, Promise<boolean>>();

  constructor(store: GalleryStore) {
    this.#store = store;
  }

  /** @returns the folder above a file that may be temporarily unavailable; undefined if the file was removed */
  doubt(path: string): Promise<string | undefined> {
    const folder = dirname(path);
    const known = this.#doubts.get(folder) ?? this.#look(folder);
    this.#doubts.set(folder, known);
    return known;
  }

  /** Walks up to the first folder that still has a photograph of the gallery: anything missing below it was removed. */
  async #look(folder: string): Promise<string | undefined> {
    let barren = folder;
    for (let at = folder; ; at = dirname(at)) {
      const names = await readdir(at).catch(() => undefined);
      if (names?.length === 0) return at;
      if (names && at !== folder && MOUNT_PARENTS.test(at)) return barren;
      if (names && (await this.#hasPhotographs(at))) return undefined;
      barren = at;
      if (dirname(at) === at) return barren;
    }
  }

  #hasPhotographs(folder: string): Promise<boolean> {
    const known = this.#photographs.get(folder) ?? this.#search(folder);
    this.#photographs.set(folder, known);
    return known;
  }

  async #search(folder: string): Promise<boolean> {
    for await (const path of this.#store.knownPaths(folder)) if (await exists(path)) return true;
    return false;
  }
}

const isBelow = (path: string, folder: string): boolean => {
  const rest = relative(folder, path);
  return rest !== "" && rest !== ".." && !rest.startsWith(`..${sep}`);
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
  );
