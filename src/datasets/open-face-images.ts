/** Faces by person, wherever they are: a folder with a sub-folder for each person, or tar shards. */
import { extname } from "node:path";
import { openFaceFolder } from "./face-folder.ts";
import type { FaceImages } from "./face-images.ts";
import { openTarShards, shardsIn } from "./tar-shards.ts";

/** @throws FaceNetError FACES_UNUSABLE */
export async function openFaceImages(path: string): Promise<FaceImages> {
  const isShards = extname(path) === ".tar" || (await shardsIn(path)).length > 0;
  return isShards ? openTarShards(path) : openFaceFolder(path);
}
