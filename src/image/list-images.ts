/** Lists the photographs in a folder and its subfolders. */
import type { Dirent } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { defaultExcludes, type IgnoreRules, ignoreRules, isIgnored } from "./ignore-rules.ts";

/** Formats that cameras write beside RAW files. */
const companions = [".jpg", ".jpeg", ".jpe", ".heic", ".heif", ".hif"];
/** RAW files, read through their previews. */
const raw: ReadonlySet<string> = new Set([
  ...[".cr2", ".cr3", ".nef", ".nrw", ".arw", ".sr2", ".raf", ".dng", ".orf", ".rw2", ".pef", ".srw"],
]);
/** Extensions of the formats that {@link openImage} reads. */
const extensions: ReadonlySet<string> = new Set([
  ...companions,
  ...[".jfif", ".png", ".webp", ".avif", ".tif", ".tiff", ".gif", ".heics", ".heifs"],
  ...raw,
]);

export type ListOptions = {
  /** Folders already visited, by real path: none is visited twice. */
  readonly seen?: Set<string>;
  /**
   * Called for every file that is not listed: "ending" if its extension is not that of a photograph, "companion" for the RAW
   * file of a listed photograph, "excluded" for an excluded file or folder. Not called for hidden files.
   */
  readonly onPassedOver?: ((path: string, reason: "ending" | "companion" | "excluded") => void) | undefined;
  /** Patterns of files and folders to exclude, in .gitignore syntax, in addition to {@link defaultExcludes}. */
  readonly exclude?: readonly string[] | undefined;
};

/** A folder with this file is excluded with everything below it, as on Android. */
const NO_MEDIA = ".nomedia";
/** Patterns to exclude in its folder and below. */
const IGNORE_FILE = ".facenetignore";

/** Whether a path is a folder; false if it cannot be read. */
export async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

/**
 * Paths of the photographs below a folder, recognised by extension, sorted by name within each folder. Names that
 * begin with a dot are skipped. Links are followed, but no folder is entered twice, so cyclic links end. RAW and JPEG (or
 * HEIC) files with the same name in one folder are one photograph: the RAW file is skipped.
 *
 * A folder that cannot be read is listed as a path itself: opening it then fails with the reason, as for a photograph.
 *
 * @example for await (const path of listImages("photos")) console.log(path);
 */
export async function* listImages(directory: string, options: ListOptions = {}): AsyncGenerator<string, void, undefined> {
  const { seen = new Set<string>(), exclude = [] } = options;
  yield* walk(directory, { ...options, seen }, [ignoreRules(directory, [...defaultExcludes, ...exclude])]);
}

async function* walk(
  directory: string,
  options: ListOptions & { readonly seen: Set<string> },
  above: readonly IgnoreRules[],
): AsyncGenerator<string, void, undefined> {
  const { seen, onPassedOver } = options;
  const place = await realpath(directory).catch(() => directory);
  if (seen.has(place)) return;
  seen.add(place);
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return yield directory;
  const names = new Set(entries.map(({ name }) => name.toLowerCase()));
  if (names.has(NO_MEDIA)) return onPassedOver?.(directory, "excluded");
  const scopes = names.has(IGNORE_FILE) ? [...above, await readRules(directory)] : above;
  for (const entry of entries.sort(byName)) {
    const { name } = entry;
    if (name.startsWith(".")) continue;
    const path = join(directory, name);
    const isFolder = await leadsToDirectory(entry, path);
    if (isIgnored(path, isFolder, scopes)) {
      if (isFolder || isImagePath(name)) onPassedOver?.(path, "excluded");
    } else if (isFolder) yield* walk(path, options, scopes);
    else if (!isImagePath(name)) onPassedOver?.(path, "ending");
    else if (hasCompanion(name, names)) onPassedOver?.(path, "companion");
    else yield path;
  }
}

/** Whether {@link listImages} of the folder excludes this path below it: by a pattern, a .nomedia file or a hidden name. */
export async function isExcluded(path: string, directory: string, exclude: readonly string[] = []): Promise<boolean> {
  let scopes: readonly IgnoreRules[] = [ignoreRules(directory, [...defaultExcludes, ...exclude])];
  let place = directory;
  for (const name of relative(directory, path).split(sep)) {
    const names = (await readdir(place).catch(() => [])).map((each) => each.toLowerCase());
    if (name.startsWith(".") || names.includes(NO_MEDIA)) return true;
    if (names.includes(IGNORE_FILE)) scopes = [...scopes, await readRules(place)];
    place = join(place, name);
    if (isIgnored(place, place !== path || (await isDirectory(path)), scopes)) return true;
  }
  return false;
}

async function readRules(directory: string): Promise<IgnoreRules> {
  const text = await readFile(join(directory, IGNORE_FILE), "utf8").catch(() => "");
  return ignoreRules(directory, text.split("\n"));
}

/** A folder and all subfolders that {@link listImages} reads. */
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

/** Whether a file name has the extension of a photograph. */
export function isImagePath(path: string): boolean {
  return extensions.has(extname(path).toLowerCase());
}

/** Whether a path is a RAW file with the camera's JPEG or HEIC of the same shot beside it. */
export async function isCompanion(path: string): Promise<boolean> {
  if (!raw.has(extname(path).toLowerCase())) return false;
  const beside = await readdir(dirname(path)).catch(() => []);
  return hasCompanion(basename(path), new Set(beside.map((name) => name.toLowerCase())));
}

/** IMG_1.CR2 beside IMG_1.JPG, or beside IMG_1.CR2.jpg, as some RAW converters name their output. */
function hasCompanion(name: string, lowerCaseNames: ReadonlySet<string>): boolean {
  const lowerCase = name.toLowerCase();
  const ending = extname(lowerCase);
  if (!raw.has(ending)) return false;
  const stem = lowerCase.slice(0, -ending.length);
  return companions.some((each) => lowerCaseNames.has(stem + each) || lowerCaseNames.has(lowerCase + each));
}

/** The listing gives the type, except for links and on the few file systems that do not report it. */
async function leadsToDirectory(entry: Dirent, path: string): Promise<boolean> {
  if (entry.isDirectory() || entry.isFile()) return entry.isDirectory();
  return isDirectory(path);
}
