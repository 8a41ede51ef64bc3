/** The photographs in a folder and everything below it. */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";

/** Extensions of the formats that {@link decodeImage} reads. */
const extensions: ReadonlySet<string> = new Set([
  ".jpg",
  ".jpeg",
  ".jfif",
  ".png",
  ".webp",
  ".avif",
  ".tif",
  ".tiff",
  ".gif",
  ".heic",
  ".heif",
]);

/** Is that path a folder? A path that cannot be looked at is none. */
export async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

/**
 * Paths of the photographs below a folder, those of each folder sorted by name, known by their extension. Names that
 * begin with a dot are passed over. Links are followed, but no folder is entered twice, so a loop of links ends.
 *
 * A folder that may not be read comes as a path itself: looking at it then fails with the reason, like a photograph.
 *
 * @example for await (const path of listImages("photos")) console.log(path);
 */
export async function* listImages(directory: string, seen: Set<string> = new Set()): AsyncGenerator<string, void, undefined> {
  const place = await realpath(directory).catch(() => directory);
  if (seen.has(place)) return;
  seen.add(place);
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return yield directory;
  for (const entry of entries.sort(byName)) {
    const { name } = entry;
    if (name.startsWith(".")) continue;
    const path = join(directory, name);
    if (await leadsToDirectory(entry, path)) yield* listImages(path, seen);
    else if (isImagePath(name)) yield path;
  }
}

/** A folder and all below it that {@link listImages} looks into. */
export async function* listFolders(directory: string, seen: Set<string> = new Set()): AsyncGenerator<string, void, undefined> {
  const place = await realpath(directory).catch(() => directory);
  if (seen.has(place)) return;
  seen.add(place);
  yield directory;
  for (const entry of (await readdir(directory, { withFileTypes: true }).catch(() => [])).sort(byName)) {
    const path = join(directory, entry.name);
    if (!entry.name.startsWith(".") && (await leadsToDirectory(entry, path))) yield* listFolders(path, seen);
  }
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : 1);

/** Has a file of that name the extension of a photograph? */
export function isImagePath(path: string): boolean {
  return extensions.has(extname(path).toLowerCase());
}

/** The listing says what is what, but for links and on the few file systems that leave it open. */
async function leadsToDirectory(entry: Dirent, path: string): Promise<boolean> {
  if (entry.isDirectory() || entry.isFile()) return entry.isDirectory();
  return isDirectory(path);
}
