/** State and content of a photograph's file. */
import { hash } from "node:crypto";
import { open, readdir, stat } from "node:fs/promises";
import { FaceNetError, reasonOf } from "../../errors.ts";

/** Detects whether a file has changed. */
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

/** Size and time belong to the bytes read. @throws FaceNetError IMAGE_NOT_FOUND, IMAGE_NOT_READABLE */
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
