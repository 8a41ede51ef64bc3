/** State and content of a photograph's file. */
import { hash } from "node:crypto";
import { open, readdir, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { FaceNetError, reasonOf } from "../../errors.ts";
import type { NamedFile } from "../../schemas/image-source.ts";

/** A photograph's file: its path, or with the name used in results and errors. */
export type PhotographFile = string | NamedFile;

export const namedFile = (file: PhotographFile): NamedFile => (typeof file === "string" ? { name: file, path: file } : file);

/** The same with an absolute path, which is also the name of a file without one. */
export const absoluteFile = (file: PhotographFile): NamedFile => namedFile(typeof file === "string" ? resolve(file) : file);

/** Each file once, by path, with the first of its names. */
export function distinctFiles(files: readonly NamedFile[]): ReadonlyMap<string, NamedFile> {
  const byPath = new Map<string, NamedFile>();
  for (const file of files) if (!byPath.has(file.path)) byPath.set(file.path, file);
  return byPath;
}

/** Detects whether a file has changed. */
export type FileState = { readonly path: string; readonly bytes: number; readonly modifiedMs: number };

export type FileContent = FileState & {
  /** sha256 of the data */
  readonly hash: string;
  readonly data: Uint8Array;
};

/** @throws FaceNetError IMAGE_NOT_FOUND, IMAGE_NOT_READABLE, IMAGE_IS_DIRECTORY */
export async function fileState({ path, name }: NamedFile): Promise<FileState> {
  const info = await stat(path).catch((error: unknown) => refuse(name, error));
  if (info.isFile()) return { path, bytes: info.size, modifiedMs: info.mtimeMs };
  if (info.isDirectory()) await readdir(path).catch((error: unknown) => refuse(name, error));
  throw new FaceNetError("IMAGE_IS_DIRECTORY", { image: name });
}

/** Size and time belong to the bytes read. @throws FaceNetError IMAGE_NOT_FOUND, IMAGE_NOT_READABLE */
export async function readContent(photograph: PhotographFile): Promise<FileContent> {
  const { name, path } = namedFile(photograph);
  const file = await open(path).catch((error: unknown) => refuse(name, error));
  try {
    const { mtimeMs } = await file.stat();
    const data = await file.readFile();
    return { path, bytes: data.length, modifiedMs: mtimeMs, hash: hash("sha256", data, "hex"), data };
  } catch (error) {
    return refuse(name, error);
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
