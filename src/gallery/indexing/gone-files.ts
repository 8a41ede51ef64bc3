/** Finds files that the gallery knows but that are missing from disk. */
import { readdir, stat } from "node:fs/promises";
import { dirname, sep } from "node:path";

/** Errors that mean missing. A folder unreadable for another reason tells nothing about its files. */
const GONE: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR"]);

/** Content of a folder; links are listed because they may be broken. `undefined`: unreadable, so any file may exist. */
type Listing = { readonly names: ReadonlySet<string>; readonly links: ReadonlySet<string> } | undefined;

/**
 * Yields the missing paths. Each folder is read once, and only the ancestors of the current path are kept, so memory does not
 * grow with the number of files.
 *
 * @param paths sorted, so that each folder's tree is contiguous
 */
export async function* goneFiles(paths: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  const listings = new Map<string, Listing>();
  for await (const path of paths) {
    const folder = dirname(path);
    if (!listings.has(folder)) {
      for (const other of listings.keys()) if (!folder.startsWith(other + sep)) listings.delete(other);
      listings.set(folder, await listingOf(folder));
    }
    const listing = listings.get(folder);
    if (!listing) continue;
    const name = path.slice(folder.length + (folder.endsWith(sep) ? 0 : 1));
    if (!listing.names.has(name) || (listing.links.has(name) && (await isGone(path)))) yield path;
  }
}

async function listingOf(folder: string): Promise<Listing> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return {
      names: new Set(entries.map(({ name }) => name)),
      links: new Set(entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name)),
    };
  } catch (error) {
    return GONE.has((error as NodeJS.ErrnoException).code) ? { names: new Set(), links: new Set() } : undefined;
  }
}

async function isGone(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => GONE.has(error.code),
  );
}
