/** A folder with a sub-folder for each person, as a set of faces. */
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";
import { isDirectory, listImages } from "../image/list-images.ts";
import type { FaceImages, ImagePlace } from "./face-images.ts";

/**
 * Lists `FOLDER/PERSON/…` and reads no image yet. Sub-folders without an image are no people; files beside the
 * sub-folders are passed over.
 *
 * @throws FaceNetError FACES_UNUSABLE for a folder that is missing or holds no sub-folder with images
 */
export async function openFaceFolder(folder: string): Promise<FaceImages> {
  const names = await readdir(folder).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === "ENOENT" ? "is not there" : code === "ENOTDIR" ? "is no folder" : `cannot be read (${reasonOf(error)})`;
    throw new FaceNetError("FACES_UNUSABLE", { faces: folder, reason }, error);
  });
  const people: string[] = [];
  const imagesOfPeople: number[][] = [];
  const images: ImagePlace[] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    if (name.startsWith(".") || !(await isDirectory(path))) continue;
    const own: number[] = [];
    for await (const image of listImages(path)) own.push(images.push({ file: image }) - 1);
    if (own.length === 0) continue;
    people.push(basename(path));
    imagesOfPeople.push(own);
  }
  if (people.length === 0)
    throw new FaceNetError("FACES_UNUSABLE", { faces: folder, reason: "no sub-folder of it holds an image" });
  return { name: folder, people, imagesOfPeople, images };
}
