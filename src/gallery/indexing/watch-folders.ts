/** Watches folders and indexes files that are added, changed, moved or removed, until stopped. */
import { sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toFaceNetError } from "../../errors.ts";
import { fileExists } from "../../files/whole-file.ts";
import { isCompanion, isExcluded } from "../../image/list-images.ts";
import type { FileFailure } from "../../schemas/failure.ts";
import type { IndexEvent } from "../../schemas/index-event.ts";
import { FolderChanges } from "./folder-changes.ts";
import { type IndexFoldersOptions, indexFolders, markGone } from "./index-folders.ts";
import type { FileState } from "./photograph-file.ts";

/** Delay before retrying a gallery that cannot be written. */
const RETRY_MS = 10_000;

export type WatchOptions = IndexFoldersOptions & {
  readonly signal: AbortSignal;
  /** Poll at this interval in place of file system events, which network shares do not provide. */
  readonly pollMs?: number | undefined;
  /** A file is read after this long without events. Default 2000. */
  readonly quietMs?: number | undefined;
  readonly retryMs?: number | undefined;
};

/** Counts since the start, and files that could not be read and have not been read since. */
export type WatchReport = Record<"added" | "moved" | "forgotten" | "missing" | "faces", number> & {
  readonly failures: FileFailure[];
};

/**
 * Indexes the folders, then their changes. Errors after the first pass are reported as events and retried.
 *
 * @throws as the first pass
 */
export async function watchFolders(folders: readonly string[], given: WatchOptions): Promise<WatchReport> {
  const { signal, pollMs, quietMs } = given;
  const tally = new Tally();
  const onEvent = (event: IndexEvent): void => {
    tally.count(event);
    given.onEvent?.(event);
  };
  const options = { ...given, onEvent };
  const changes = new FolderChanges(folders, {
    signal,
    ...(quietMs === undefined ? {} : { quietMs }),
    onTrouble: (path, reason) => onEvent({ kind: "trouble", path, message: `${path}: cannot be watched (${reason}).` }),
  });
  if (pollMs === undefined) await changes.start(); // before the first pass, so that no change is missed
  await indexFolders(folders, { ...options, isLeftOut: (path) => changes.isPending(path) });
  for (const path of folders) onEvent({ kind: "watching", path });
  const isLeftOut = (path: string) => changes.isPending(path) || isExcludedIn(folders, path, options.exclude);
  if (pollMs === undefined) for await (const paths of changes) await takeIn(paths, { ...options, isLeftOut });
  else await poll(folders, pollMs, options);
  return tally.report();
}

class Tally {
  readonly #counts = { added: 0, moved: 0, forgotten: 0, missing: 0, faces: 0 };
  readonly #failures = new Map<string, FileFailure>();

  count(event: IndexEvent): void {
    if (event.kind === "added") this.#counts.faces += event.faces;
    if (event.kind === "added" || event.kind === "moved" || event.kind === "forgotten") this.#counts[event.kind]++;
    if (event.kind === "gone") this.#counts.missing++;
    if (event.kind === "failed") {
      const { kind: _, ...failure } = event;
      this.#failures.set(event.path, failure);
    } else this.#failures.delete(event.path);
  }

  report(): WatchReport {
    return { ...this.#counts, failures: [...this.#failures.values()] };
  }
}

/** Applies the exclusion rules of all parent folders, because an event names the file or folder alone. */
async function isExcludedIn(folders: readonly string[], path: string, exclude: WatchOptions["exclude"]): Promise<boolean> {
  const above = folders.filter((folder) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
  for (const folder of above) if (!(await isExcluded(path, folder, exclude))) return false;
  return above.length > 0;
}

/** Reads a new or changed file once two polls in a row find it unchanged. */
async function poll(folders: readonly string[], pollMs: number, options: WatchOptions): Promise<void> {
  let before = new Map<string, FileState>();
  while (await hasPassed(pollMs, options.signal)) {
    const now = new Map<string, FileState>();
    const isGrowing = (file: FileState): boolean => {
      now.set(file.path, file);
      const last = before.get(file.path);
      return last?.bytes !== file.bytes || last.modifiedMs !== file.modifiedMs;
    };
    await takeIn(folders, { ...options, isGrowing });
    before = now;
  }
}

/** Indexes changed paths, retrying until it succeeds. */
async function takeIn(paths: readonly string[], options: WatchOptions): Promise<void> {
  const { store, signal, retryMs = RETRY_MS, onEvent } = options;
  for (;;) {
    try {
      const there: string[] = [];
      const gone: string[] = [];
      for (const path of paths) {
        if (!(await fileExists(path))) gone.push(path);
        else if (!(await isCompanion(path))) there.push(path);
      }
      await indexFolders(there, options);
      await markGone(knownAt(gone, options), options);
      return;
    } catch (error) {
      if (signal.aborted) return;
      onEvent?.({ kind: "trouble", path: store.name, message: toFaceNetError(error).message });
      if (!(await hasPassed(retryMs, signal))) return;
    }
  }
}

/** Known paths of a removed file, or of everything in a removed folder. */
async function* knownAt(paths: readonly string[], { store }: Pick<WatchOptions, "store">): AsyncGenerator<string> {
  for (const path of paths) {
    const known = await store.knownFile(path);
    if (known && !known.missing) yield path;
    yield* store.knownPaths(path + sep);
  }
}

/** @returns false if the signal aborted first */
async function hasPassed(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}
