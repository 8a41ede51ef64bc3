/** Atomic output files: written to FILE.part, then renamed. */
import { access, constants, type FileHandle, mkdir, open, realpath, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";

export type WholeFileOptions = {
  /** Permissions of a new file. Default 0o666 minus the umask. */
  readonly mode?: number;
  /** Temporary path, on the same file system. Default FILE.part. */
  readonly part?: string;
  /** Fails if the temporary file exists: it serves as a lock between programs that write the file. */
  readonly exclusive?: boolean;
};

export class WholeFile {
  /** The path as given. */
  readonly path: string;
  readonly #target: string;
  readonly #writtenTo: string;
  readonly #handle: FileHandle;
  #committed = false;

  private constructor(path: string, target: string, writtenTo: string, handle: FileHandle) {
    this.path = path;
    this.#target = target;
    this.#writtenTo = writtenTo;
    this.#handle = handle;
  }

  /**
   * Opens FILE.part. Devices and pipes are written directly; for a symbolic link, its target is replaced.
   *
   * @throws FaceNetError OUTPUT_NOT_WRITABLE; also thrown by all methods
   */
  static async create(path: string, { mode, part, exclusive = false }: WholeFileOptions = {}): Promise<WholeFile> {
    return orNotWritable(path, async () => {
      const target = await realpath(path).catch(() => path);
      const info = await stat(target).catch(() => undefined);
      if (info?.isDirectory()) throw new Error("it is a folder");
      const writtenTo = info && !info.isFile() ? target : (part ?? `${target}.part`);
      const handle = await open(writtenTo, exclusive ? "wx" : "w", mode).catch((error: NodeJS.ErrnoException) => {
        if (!exclusive || error.code !== "EEXIST") throw error;
        throw new Error(`${writtenTo} exists: another program is writing the file, or was killed; delete it in that case`);
      });
      return new WholeFile(path, target, writtenTo, handle);
    });
  }

  async append(data: string | Uint8Array): Promise<void> {
    await orNotWritable(this.path, () => this.#handle.appendFile(data));
  }

  /** Overwrites bytes from `position`. */
  async overwrite(data: Uint8Array, position: number): Promise<void> {
    await orNotWritable(this.path, () => this.#handle.write(data, 0, data.length, position));
  }

  /**
   * Renames FILE.part to FILE.
   *
   * @param durable waits for fsync, so that the file survives a crash of the machine
   */
  async commit({ durable = false }: { readonly durable?: boolean } = {}): Promise<void> {
    await orNotWritable(this.path, async () => {
      if (durable) await this.#handle.sync();
      await this.#handle.close();
      if (this.#writtenTo !== this.#target) await rename(this.#writtenTo, this.#target);
      this.#committed = true;
      if (!durable || this.#writtenTo === this.#target) return;
      await using folder = await open(dirname(this.#target));
      await folder.sync().catch(() => undefined); // unsupported on some file systems; the rename is atomic anyway
    });
  }

  /** Closes the incomplete file and returns its path: FILE.part. */
  async keepPart(): Promise<string> {
    await orNotWritable(this.path, () => this.#handle.close());
    return this.#writtenTo;
  }

  /** Discards an uncommitted file, at the end of an `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#committed) await this.discard();
  }

  /** Deletes the temporary file. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    if (this.#writtenTo !== this.#target) await rm(this.#writtenTo, { force: true });
  }
}

/**
 * Writes a file atomically: on failure, the previous one remains and the temporary file is deleted.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE
 */
export async function writeWhole(
  path: string,
  data: string | Uint8Array,
  options: WholeFileOptions & { readonly durable?: boolean } = {},
): Promise<void> {
  await using file = await WholeFile.create(path, options);
  await file.append(data);
  await file.commit(options);
}

/**
 * For writers that open their file themselves: `write` gets the path FILE.part, which replaces FILE on success and is deleted on
 * failure.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; a FaceNetError thrown by `write`
 */
export async function writeByPath<T>(path: string, write: (part: string) => Promise<T>): Promise<T> {
  const part = `${path}.part`;
  return orNotWritable(path, async () => {
    try {
      const result = await write(part);
      await rename(part, path);
      return result;
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  });
}

/**
 * Checks in advance that files can be written to a folder, which may not exist yet.
 *
 * @param file named in the error
 * @throws FaceNetError OUTPUT_NOT_WRITABLE
 */
export async function requireWritableFolder(folder: string, file: string = folder): Promise<void> {
  await orNotWritable(file, async () => {
    for (let place = resolve(folder); ; place = dirname(place)) {
      const info = await stat(place).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT" || place === dirname(place)) throw error;
      });
      if (!info) continue;
      if (!info.isDirectory()) throw new Error("a part of its path is a file, not a folder");
      await access(place, constants.W_OK);
      const { bavail, blocks } = await statfs(place).catch(() => ({ bavail: 1, blocks: 0 })); // some report no blocks
      if (blocks > 0 && bavail === 0) throw Object.assign(new Error("disk full"), { code: "ENOSPC" });
      return;
    }
  });
}

/** Creates a folder and its parents. @throws FaceNetError OUTPUT_NOT_WRITABLE */
export async function makeFolder(folder: string): Promise<void> {
  await orNotWritable(folder, () => mkdir(folder, { recursive: true }));
}

export async function fileExists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** @param file named in the error @throws FaceNetError OUTPUT_NOT_WRITABLE for errors that are not a FaceNetError */
export async function orNotWritable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FaceNetError) throw error;
    const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT"; // a missing file is created, a missing folder is not
    throw new FaceNetError(
      "OUTPUT_NOT_WRITABLE",
      { file, reason: isAbsent ? "its folder does not exist" : reasonOf(error) },
      error,
    );
  }
}
