/**
 * Folders with one sub-folder per person, as labelled images and as a set of face images. For videos there is one more level,
 * PERSON/VIDEO/FRAME.
 */
import { readdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";
import { isDirectory, listImages } from "../image/list-images.ts";
import type { FaceImages, ImagePlace } from "./face-images.ts";
import { openRecordIo } from "./record-io.ts";
import { openTarShards, shardsIn } from "./tar-shards.ts";

/** An image, its person and, for a frame, its video. */
export type LabelledImage = { readonly image: string; readonly person: string; readonly video?: string };

/**
 * Images of all people, people and images sorted by name; deeper sub-folders belong to the person.
 *
 * @throws FaceNetError FILE_NOT_READABLE; DATASET_INVALID for a folder without sub-folders or without images in them
 */
export async function listPersonFolders(folder: string): Promise<LabelledImage[]> {
  const labelled: LabelledImage[] = [];
  for (const person of await subfolders(folder, "one for each person"))
    for await (const image of listImages(join(folder, person))) labelled.push({ image, person });
  return withImages(labelled, folder);
}

/**
 * Frames of all people's videos, the first `framesAVideo` of each (the paper: 100), by the numbers in their names: 9 before 10.
 *
 * @param wanted which videos, by PERSON/VIDEO. Default: all
 * @throws FaceNetError as {@link listPersonFolders}
 */
export async function listVideoFolders(
  folder: string,
  framesAVideo: number,
  wanted: (video: string) => boolean = () => true,
): Promise<LabelledImage[]> {
  const labelled: LabelledImage[] = [];
  for (const person of await subfolders(folder, "one for each person, with a sub-folder for each video")) {
    for (const video of (await readdir(join(folder, person))).sort()) {
      const place = join(folder, person, video);
      if (video.startsWith(".") || !wanted(`${person}/${video}`) || !(await isDirectory(place))) continue;
      const frames = (await Array.fromAsync(listImages(place))).sort(byNumber.compare).slice(0, framesAVideo);
      labelled.push(...frames.map((image) => ({ image, person, video: place })));
    }
  }
  return withImages(labelled, folder);
}

const byNumber = new Intl.Collator("en", { numeric: true });

/** Person of an image, by its folder. */
export function personOfPath(image: string): string {
  return basename(join(image, ".."));
}

async function subfolders(folder: string, wanted: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new FaceNetError("FILE_NOT_READABLE", { file: folder, reason: reasonOf(error) }, error);
  });
  const people: string[] = [];
  for (const name of names.sort()) if (!name.startsWith(".") && (await isDirectory(join(folder, name)))) people.push(name);
  if (people.length === 0) throw new FaceNetError("DATASET_INVALID", { folder, reason: `has no sub-folders, ${wanted}` });
  return people;
}

function withImages(labelled: LabelledImage[], folder: string): LabelledImage[] {
  if (labelled.length === 0) throw new FaceNetError("DATASET_INVALID", { folder, reason: "has no images in its sub-folders" });
  return labelled;
}

/**
 * Lists `FOLDER/PERSON/…` without reading images. Sub-folders without an image and files beside the
 * sub-folders are ignored.
 *
 * @throws FaceNetError FACES_UNUSABLE for a folder that is missing or has no sub-folder with images
 */
export async function openFaceFolder(folder: string): Promise<FaceImages> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new FaceNetError("FACES_UNUSABLE", { faces: folder, reason: `cannot be read (${reasonOf(error)})` }, error);
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
    throw new FaceNetError("FACES_UNUSABLE", { faces: folder, reason: "none of its sub-folders contains an image" });
  return { name: folder, people, imagesOfPeople, images };
}

/** @throws FaceNetError FACES_UNUSABLE */
export async function openFaceImages(path: string): Promise<FaceImages> {
  if (extname(path) === ".rec") return openRecordIo(path);
  const isShards = extname(path) === ".tar" || (await shardsIn(path)).length > 0;
  return isShards ? openTarShards(path) : openFaceFolder(path);
}
