/** A photograph's file: what is asked of it before it is read, and reading it once for everything. */
import { hash } from "node:crypto";
import { open, readdir, stat } from "node:fs/promises";
import { FaceNetError, reasonOf } from "../../errors.ts";

/** What tells that a file has not changed. */
export type FileState = { readonly path: string; readonly bytes: number; readonly modifiedMs: number };

export type FileContent = FileState & {
  /** sha256 of the data */
  readonly hash: string;
  readonly data: Uint8Array;
};

/** @throws FaceNetError IMAGE_NOT_FOUND, IMAGE_NOT_READABLE, IMAGE_IS_DIRECTORY */
export async function fileState(path: string): Promise<FileState> {
  const info = await stat(path).catch((error: unknown) => refuse(path, error));
  if (info.isFile()) return { path, bytes: info.size, modifiedMs: info.mtimeMs };
  if (info.isDirectory()) await readdir(path).catch((error: unknown) => refuse(path, error));
  throw new FaceNetError("IMAGE_IS_DIRECTORY", { image: path });
}

/** Size and time are those of the bytes that were read. @throws FaceNetError IMAGE_NOT_FOUND, IMAGE_NOT_READABLE */
export async function readContent(path: string): Promise<FileContent> {
  const file = await open(path).catch((error: unknown) => refuse(path, error));
  try {
    const { mtimeMs } = await file.stat();
    const data = await file.readFile();
    return { path, bytes: data.length, modifiedMs: mtimeMs, hash: hash("sha256", data, "hex"), data };
  } catch (error) {
    return refuse(path, error);
  } finally {
    await file.close();
  }
}

function refuse(image: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") throw new FaceNetError("IMAGE_NOT_FOUND", { image }, error);
  if (code === "EISDIR") throw new FaceNetError("IMAGE_IS_DIRECTORY", { image }, error);
  throw new FaceNetError("IMAGE_NOT_READABLE", { image, reason: reasonOf(error) }, error);
}
