/** Files that the gallery remembers and the disk no longer has. */
import { readdir, stat } from "node:fs/promises";
import { dirname, sep } from "node:path";

/** Not there any more; a folder that cannot be read for another reason says nothing about the files in it. */
const GONE: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR"]);

/** What a folder holds: which names are links may lead nowhere. `undefined`: it could not be read, everything may be there. */
type Listing = { readonly names: ReadonlySet<string>; readonly links: ReadonlySet<string> } | undefined;

/**
 * Those of the paths that are not there. Each folder is read once and only those on the way to the present path are kept, so any
 * number of files takes little memory.
 *
 * @param paths sorted, so that those of one folder and what is below it come together
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
