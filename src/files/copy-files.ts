/** Copies files into one folder under their own names; files with equal names are all kept. */
import { copyFile, lstat, readFile, realpath, stat, statfs, utimes } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";
import { makeFolder, writeByPath } from "./whole-file.ts";

export type CopyOptions = {
  /** Replaces existing files with the same name; otherwise a copy gets the next free name: photo-2.jpg. */
  readonly force: boolean;
  readonly signal: AbortSignal;
};

/** @property known files that existed already with the same content */
export type Copied = {
  readonly paths: string[];
  readonly copied: number;
  readonly known: number;
  readonly failures: FaceNetError[];
};

/** @property isThere a file with the same content exists */
type Place = { readonly path: string; readonly isThere: boolean };

/**
 * Checks free space for all files before writing the first. A source that cannot be read becomes a failure of its own.
 *
 * @param folder created if it does not exist
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; the signal's reason
 */
export async function copyFiles(sources: readonly string[], folder: string, { force, signal }: CopyOptions): Promise<Copied> {
  const failures: FaceNetError[] = [];
  const plan: { readonly source: string; readonly bytes: number; readonly place: Place }[] = [];
  const taken = new Set<string>();
  for (const source of sources) {
    signal.throwIfAborted();
    try {
      const { size: bytes } = await stat(source);
      plan.push({ source, bytes, place: await placeFor(source, bytes, folder, { taken, force }) });
    } catch (error) {
      failures.push(new FaceNetError("FILE_NOT_READABLE", { file: source, reason: reasonOf(error) }, error));
    }
  }
  const wanted = plan.filter(({ place }) => !place.isThere);
  if (wanted.length > 0) await makeFolder(folder);
  if (wanted.length > 0)
    await requireRoom(
      folder,
      wanted.reduce((sum, { bytes }) => sum + bytes, 0),
    );
  for (const { source, place } of wanted) {
    signal.throwIfAborted();
    await writeByPath(place.path, async (part) => {
      await copyFile(source, part);
      const { atime, mtime } = await stat(source);
      await utimes(part, atime, mtime);
    });
  }
  return {
    paths: plan.map(({ place }) => place.path),
    copied: wanted.length,
    known: plan.length - wanted.length,
    failures,
  };
}

/** On many file systems, names that differ only in case or in Unicode normalisation are one file. */
const nameKey = (name: string): string => name.normalize("NFC").toLowerCase();

async function placeFor(
  source: string,
  bytes: number,
  folder: string,
  { taken, force }: { readonly taken: Set<string>; readonly force: boolean },
): Promise<Place> {
  const name = basename(source);
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? name : `${stem}-${count}${extension}`;
    if (taken.has(nameKey(candidate))) continue;
    const path = join(folder, candidate);
    const info = await lstat(path).catch(() => undefined);
    const isThere = info !== undefined && (await isSameFile(source, bytes, path));
    if (info !== undefined && !isThere && !(force && info.isFile())) continue;
    taken.add(nameKey(candidate));
    return { path, isThere };
  }
}

async function isSameFile(source: string, bytes: number, path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined); // a link may be broken
  if (!info?.isFile() || info.size !== bytes) return false;
  if ((await realpath(source)) === (await realpath(path))) return true;
  return (await readFile(source)).equals(await readFile(path));
}

async function requireRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(folder);
  if (blocks === 0 || bavail * bsize >= bytes) return; // some file systems report no blocks
  throw new FaceNetError("OUTPUT_NOT_WRITABLE", {
    file: folder,
    reason: `disk full: ${megabytes(bytes)} needed, ${megabytes(bavail * bsize)} free`,
  });
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
