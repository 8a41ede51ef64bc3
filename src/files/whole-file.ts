/** An output file that is there whole or not at all: written beside its place as FILE.part, then renamed. */
import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { FaceNetError, reasonOf } from "../errors.ts";

export class WholeFile {
  /** The path as it was asked for. */
  readonly path: string;
  readonly #target: string;
  readonly #writtenTo: string;
  readonly #handle: FileHandle;

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
  static async create(path: string): Promise<WholeFile> {
    return orNotWritable(path, async () => {
      const target = await realpath(path).catch(() => path);
      const info = await stat(target).catch(() => undefined);
      if (info?.isDirectory()) throw new Error("is a directory");
      const writtenTo = info && !info.isFile() ? target : `${target}.part`;
      return new WholeFile(path, target, writtenTo, await open(writtenTo, "w"));
    });
  }

  async append(data: string | Uint8Array): Promise<void> {
    await orNotWritable(this.path, () => this.#handle.appendFile(data));
  }

  /** Writes over what is at `position`, bytes from the start. */
  async overwrite(data: Uint8Array, position: number): Promise<void> {
    await orNotWritable(this.path, () => this.#handle.write(data, 0, data.length, position));
  }

  /** Everything is written: the file takes its place. */
  async commit(): Promise<void> {
    await orNotWritable(this.path, async () => {
      await this.#handle.close();
      if (this.#writtenTo !== this.#target) await rename(this.#writtenTo, this.#target);
    });
  }

  /** Closes the file as far as it is written and says where that is: FILE.part. */
  async keepPart(): Promise<string> {
    await orNotWritable(this.path, () => this.#handle.close());
    return this.#writtenTo;
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    if (this.#writtenTo !== this.#target) await rm(this.#writtenTo, { force: true });
  }
}

/** A file of which all is known: written, or nothing left behind. @throws FaceNetError OUTPUT_NOT_WRITABLE */
export async function writeWhole(path: string, data: string | Uint8Array): Promise<void> {
  const file = await WholeFile.create(path);
  try {
    await file.append(data);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function orNotWritable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new FaceNetError(
      "OUTPUT_NOT_WRITABLE",
      { file, reason: (error as NodeJS.ErrnoException).code ?? reasonOf(error) },
      error,
    );
  }
}
