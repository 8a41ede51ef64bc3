/** Reads the bytes of a photograph from any source, once. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { FaceNetError, reasonOf } from "../errors.ts";
import { type ImageSource, isNamedBytes, isNamedFile, type RawPixels } from "../schemas/image-source.ts";

/** @throws FaceNetError IMAGE_NOT_FOUND, IMAGE_IS_DIRECTORY, IMAGE_NOT_READABLE */
export async function readSource(source: Exclude<ImageSource, RawPixels>, image: string): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if (isNamedBytes(source)) return source.data;
  const path = source instanceof URL ? filePath(source) : isNamedFile(source) ? source.path : source;
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") throw new FaceNetError("IMAGE_NOT_FOUND", { image }, error);
    if (code === "EISDIR") throw new FaceNetError("IMAGE_IS_DIRECTORY", { image }, error);
    throw new FaceNetError("IMAGE_NOT_READABLE", { image, reason: reasonOf(error) }, error);
  }
}

/** The path of a file URL. @throws FaceNetError IMAGE_NOT_READABLE for any other URL */
export function filePath(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new FaceNetError(
      "IMAGE_NOT_READABLE",
      { image: `${url.protocol}//${url.host}${url.pathname}`, reason: reasonOf(error) },
      error,
    );
  }
}
