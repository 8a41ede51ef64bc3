/** Output files that are written whole or not at all: as FILE.part, then renamed. */
import { access, constants, type FileHandle, mkdir, open, realpath, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";

export type WholeFileOptions = {
  /** Permissions of a new file. Default 0o666 less the umask. */
  readonly mode?: number;
  /** Where it is written until it is whole, on the same file system. Default FILE.part. */
  readonly part?: string;
  /** Fails if the part exists: it is a lock among the programs that write the file. */
  readonly exclusive?: boolean;
};

export class WholeFile {
  /** The path as it was asked for. */
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
   * Opens FILE.part. A device or pipe is written to directly; a link keeps pointing where it does.
   *
   * @throws FaceNetError OUTPUT_NOT_WRITABLE, as do all methods
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

  /** Writes over what is at `position`, bytes from the start. */
  async overwrite(data: Uint8Array, position: number): Promise<void> {
    await orNotWritable(this.path, () => this.#handle.write(data, 0, data.length, position));
  }

  /**
   * Renames FILE.part to its place.
   *
   * @param durable waits until the disk has the file, so that it survives a crash of the machine
   */
  async commit({ durable = false }: { readonly durable?: boolean } = {}): Promise<void> {
    await orNotWritable(this.path, async () => {
      if (durable) await this.#handle.sync();
      await this.#handle.close();
      this.#committed = true;
      if (this.#writtenTo === this.#target) return;
      await rename(this.#writtenTo, this.#target);
      if (!durable) return;
      await using folder = await open(dirname(this.#target));
      await folder.sync().catch(() => undefined); // some file systems cannot; the rename is atomic all the same
    });
  }

  /** Closes the file as far as it is written and says where that is: FILE.part. */
  async keepPart(): Promise<string> {
    await orNotWritable(this.path, () => this.#handle.close());
    return this.#writtenTo;
  }

  /** Discards what was not committed, as the end of an `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#committed) await this.discard();
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    if (this.#writtenTo !== this.#target) await rm(this.#writtenTo, { force: true });
  }
}

/**
 * Writes a file, or leaves the previous one and nothing beside it.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE
 */
export async function writeWhole(
  path: string,
  data: string | Uint8Array,
  options: WholeFileOptions & { readonly durable?: boolean } = {},
): Promise<void> {
  const file = await WholeFile.create(path, options);
  try {
    await file.append(data);
    await file.commit(options);
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/**
 * For writers that open their file themselves: `write` is given FILE.part, which replaces FILE if it succeeds and is removed if it
 * fails.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; a FaceNetError of `write`
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
 * Checks before the work that files can be written into a folder, which need not exist yet.
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
      const { bavail, blocks } = await statfs(place).catch(() => ({ bavail: 1, blocks: 0 })); // not every file system counts
      if (blocks > 0 && bavail === 0) throw Object.assign(new Error("disk full"), { code: "ENOSPC" });
      return;
    }
  });
}

/** Creates a folder and those above it. @throws FaceNetError OUTPUT_NOT_WRITABLE */
export async function makeFolder(folder: string): Promise<void> {
  await orNotWritable(folder, () => mkdir(folder, { recursive: true }));
}

export async function fileExists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** @param file named in the error @throws FaceNetError OUTPUT_NOT_WRITABLE for any error that is not a FaceNetError already */
export async function orNotWritable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FaceNetError) throw error;
    const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT"; // a file is made where it does not exist; its folder is not
    throw new FaceNetError(
      "OUTPUT_NOT_WRITABLE",
      { file, reason: isAbsent ? "its folder does not exist" : reasonOf(error) },
      error,
    );
  }
}
