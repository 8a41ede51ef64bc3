/** Output files that are written whole or not at all: as FILE.part beside their place, then renamed. */
import { access, type FileHandle, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
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

  /**
   * Renames FILE.part to its place.
   *
   * @param durable waits until the disk has the file, so that it survives a crash of the machine
   */
  async commit({ durable = false }: { readonly durable?: boolean } = {}): Promise<void> {
    await orNotWritable(this.path, async () => {
      if (durable) await this.#handle.sync();
      await this.#handle.close();
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
  options: { readonly durable?: boolean } = {},
): Promise<void> {
  const file = await WholeFile.create(path);
  try {
    await file.append(data);
    await file.commit(options);
  } catch (error) {
    await file.discard();
    throw error;
  }
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
    const reason = (error as NodeJS.ErrnoException).code ?? reasonOf(error);
    throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file, reason }, error);
  }
}
