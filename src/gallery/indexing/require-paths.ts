/** Checks the paths to be indexed before a gallery is created. */
import { stat } from "node:fs/promises";
import { FaceNetError, reasonOf } from "../../errors.ts";
import { isDirectory, type ListOptions, listImages } from "../../image/list-images.ts";
import { openImage } from "../../image/open-image.ts";
import { namedFile, type PhotographFile } from "./photograph-file.ts";

/** @throws FaceNetError PATH_NOT_FOUND if no path can be reached; single missing paths fail during indexing */
export async function requirePaths(paths: readonly string[]): Promise<void> {
  let refusal: FaceNetError | undefined;
  for (const path of paths) {
    try {
      await stat(path);
      return;
    } catch (error) {
      refusal ??= new FaceNetError("PATH_NOT_FOUND", { path, reason: reasonOf(error) }, error);
    }
  }
  if (refusal) throw refusal;
}

/** @throws FaceNetError OPTION_INVALID */
export async function requireFolders(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (await isDirectory(path)) continue;
    throw new FaceNetError("OPTION_INVALID", { option: "watch", reason: `requires folders; ${path} is not a folder` });
  }
}

/**
 * @throws FaceNetError FOLDER_WITHOUT_PHOTOGRAPHS if the folders contain none; for files, the first one's error if none is a
 *   photograph
 */
export async function requirePhotographs(files: readonly PhotographFile[], options: ListOptions = {}): Promise<void> {
  let refusal: unknown;
  for (const file of files) {
    const { path } = namedFile(file);
    if (await isDirectory(path)) {
      for await (const _ of listImages(path, options)) return;
      continue;
    }
    try {
      await openImage(file, { maxPixels: Number.MAX_SAFE_INTEGER });
      return;
    } catch (error) {
      refusal ??= error;
    }
  }
  throw (
    refusal ?? new FaceNetError("FOLDER_WITHOUT_PHOTOGRAPHS", { folder: files.map((file) => namedFile(file).name).join(", ") })
  );
}
