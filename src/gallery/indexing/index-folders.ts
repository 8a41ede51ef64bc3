/** Indexes whole folders: adds their photographs to the gallery and marks missing ones. */
import { readdir } from "node:fs/promises";
import { extname, sep } from "node:path";
import { FaceNetError, failureOf } from "../../errors.ts";
import { isDirectory, type ListOptions, listImages } from "../../image/list-images.ts";
import type { FileFailure } from "../../schemas/failure.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { carryOver } from "./carry-over.ts";
import { goneFiles } from "./gone-files.ts";
import { type IndexOptions, type IndexReport, takeIn } from "./index-photographs.ts";
import { isOfShard, type Shard } from "./shard.ts";

/** Files marked as missing in one transaction. */
const GONE_AT_ONCE = 500;

export type IndexFoldersOptions = IndexOptions & {
  /** Index, and mark as missing, only this part of the files. */
  readonly shard?: Shard | undefined;
  /** Patterns of files and folders to exclude, as in .gitignore. */
  readonly exclude?: readonly string[] | undefined;
  /** Files to leave out, such as those still being written. */
  readonly isLeftOut?: ((path: string) => boolean | Promise<boolean>) | undefined;
};

export type IndexFoldersReport = IndexReport & {
  /** files that existed before and are missing now */
  readonly missing: number;
  /** number of files in the folders that are not photographs, by lower-case extension; "" for none */
  readonly passedOver: Readonly<Record<string, number>>;
  /** RAW files in the folders whose JPEG or HEIC is used instead */
  readonly companions: number;
  /** photographs and whole folders excluded by a pattern or a .nomedia file */
  readonly excluded: number;
};

/**
 * @param paths absolute paths of folders and files; a missing one fails like an unreadable photograph
 * @throws like `indexPhotographs`
 */
export async function indexFolders(paths: readonly string[], options: IndexFoldersOptions): Promise<IndexFoldersReport> {
  const folders = new Set<string>();
  for (const path of paths) if (await isDirectory(path)) folders.add(path);
  const endings = new Map<string, number>();
  let companions = 0;
  let excluded = 0;
  const passOver: ListOptions["onPassedOver"] = (path, reason) => {
    const ending = extname(path).toLowerCase();
    if (reason === "companion") companions++;
    else if (reason === "excluded") excluded++;
    else endings.set(ending, (endings.get(ending) ?? 0) + 1);
  };
  const report = await takeIn(filesIn(paths, folders, options, passOver), options);
  const emptied = await emptiedFolders(options.store, folders);
  const missing = await markGone(
    knownIn(
      options.store,
      [...folders].filter((folder) => !emptied.includes(folder)),
    ),
    options,
  );
  const carriedOver = await carryOver(options.store, options.facenet.model, options.signal);
  if (folders.size > 0) await options.store.markSettled();
  const passedOver = Object.fromEntries(endings);
  const failures = [...report.failures, ...emptied.map(toFailure)];
  return { ...report, carriedOver, missing, passedOver, companions, excluded, failures };
}

/** Empty folders that contained photographs before: more likely an unmounted disk than a clean-up. */
async function emptiedFolders(store: GalleryStore, folders: ReadonlySet<string>): Promise<string[]> {
  const emptied: string[] = [];
  for (const folder of folders) {
    if ((await readdir(folder).catch(() => undefined))?.length !== 0) continue;
    for await (const _ of knownIn(store, [folder])) {
      emptied.push(folder);
      break;
    }
  }
  return emptied;
}

function toFailure(path: string): FileFailure {
  return { path, ...failureOf(new FaceNetError("FOLDER_EMPTIED", { folder: path })) };
}

/** Marks files missing from disk. @returns their number */
export async function markGone(
  paths: AsyncIterable<string>,
  { store, shard, signal, onEvent }: Pick<IndexFoldersOptions, "store" | "shard" | "signal" | "onEvent">,
): Promise<number> {
  let count = 0;
  let gone: string[] = [];
  const mark = async (): Promise<void> => {
    if (gone.length > 0) await store.markMissing(gone);
    for (const path of gone) onEvent?.({ kind: "gone", path });
    count += gone.length;
    gone = [];
  };
  for await (const path of goneFiles(paths)) {
    signal?.throwIfAborted();
    if (isOfShard(path, shard)) gone.push(path);
    if (gone.length >= GONE_AT_ONCE) await mark();
  }
  await mark();
  return count;
}

async function* knownIn(store: GalleryStore, folders: readonly string[]): AsyncGenerator<string> {
  for (const folder of folders) yield* store.knownPaths(folder.endsWith(sep) ? folder : folder + sep);
}

async function* filesIn(
  paths: readonly string[],
  folders: ReadonlySet<string>,
  { shard, isLeftOut, exclude, signal }: IndexFoldersOptions,
  onPassedOver: ListOptions["onPassedOver"],
): AsyncGenerator<string> {
  const seen = new Set<string>(); // no folder is walked twice
  for (const path of paths) {
    for await (const file of folders.has(path) ? listImages(path, { seen, onPassedOver, exclude }) : [path]) {
      signal?.throwIfAborted();
      if (isOfShard(file, shard) && !(await isLeftOut?.(file))) yield file;
    }
  }
}
