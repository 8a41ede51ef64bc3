/**
 * Photographs that no file on disk holds, sorted by whether it can be told that they were removed. A disk that is not mounted and a
 * share that was lost look like an empty or missing folder: photographs below one are not taken for removed.
 */
import { readdir, stat } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import type { Photograph } from "../schemas/gallery.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

/** Folders that disks and shares are mounted in: one that is missing there may be a disk. */
const MOUNT_PARENTS = /^(?:\/mnt|\/media(?:\/[^/]+)?|\/run\/media(?:\/[^/]+)?|\/Volumes|[A-Za-z]:\\?|\/)$/;

export type GonePhotographs = {
  /** other photographs of the gallery are left in their folder, or in the folder that theirs was in */
  readonly removed: readonly Photograph[];
  /** by the folder that is missing, empty or without any photograph of the gallery */
  readonly unreachable: ReadonlyMap<string, readonly Photograph[]>;
  /** a file lies at their path; the next run of indexing finds out which */
  readonly back: readonly Photograph[];
};

/** @param within only photographs whose last path is in this folder or below it */
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
    // The last path of a photograph that was replaced holds another one now: it is gone for certain.
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

/** What is known of folders on disk, each looked at once. */
class Folders {
  readonly #store: GalleryStore;
  readonly #doubts = new Map<string, Promise<string | undefined>>();
  readonly #photographs = new Map<string, Promise<boolean>>();

  constructor(store: GalleryStore) {
    this.#store = store;
  }

  /** @returns the folder on the way to a file that may only be out of reach; undefined where the file was removed */
  doubt(path: string): Promise<string | undefined> {
    const folder = dirname(path);
    const known = this.#doubts.get(folder) ?? this.#look(folder);
    this.#doubts.set(folder, known);
    return known;
  }

  /** Upwards to the first folder in which a photograph of the gallery is left: what is missing below it was removed. */
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
