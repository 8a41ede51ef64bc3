/**
 * Where the images of a pair list lie: `FOLDER/NAME/NAME_0001.jpg`, as LFW is laid out. Of a person none of whose images
 * is named so, image i is the i-th in the order that `listImages` gives them.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";
import { listImages } from "../image/list-images.ts";
import { type Pair, pairImagePath } from "./pairs.ts";

const EXTENSIONS = [".jpg", ".jpeg", ".png", ".webp"] as const;

/**
 * Paths of the images that a list names, by {@link pairImagePath}; those that are not there are left out.
 *
 * @throws FaceNetError FILE_NOT_READABLE when the folder itself is missing
 */
export async function findPairImages(folder: string, pairs: readonly Pair[]): Promise<Map<string, string>> {
  const people = await readdir(folder).catch((error: unknown) => {
    throw new FaceNetError("FILE_NOT_READABLE", { file: folder, reason: reasonOf(error) }, error);
  });
  const known = new Set(people);
  const wanted = new Map(pairs.flatMap(({ left, right }) => [left, right]).map((ref) => [pairImagePath(ref), ref]));
  const found = new Map<string, string>();
  const listed = new Map<string, (path: string, index: number) => string | undefined>();
  for (const [path, { name, index }] of wanted) {
    if (!known.has(name)) continue;
    const imageOf = listed.get(name) ?? (await imagesOf(folder, name));
    listed.set(name, imageOf);
    const image = imageOf(path, index);
    if (image !== undefined) found.set(path, image);
  }
  return found;
}

/** The number that an image of a person goes by in a list: that of its name, where it has LFW's form. */
export function imageNumber(file: string, person: string): number | undefined {
  const name = file.startsWith(`${person}_`) ? /^(\d{4,})\.[^.]+$/.exec(file.slice(person.length + 1))?.[1] : undefined;
  return name === undefined ? undefined : Number(name);
}

async function imagesOf(folder: string, person: string): Promise<(path: string, index: number) => string | undefined> {
  const place = join(folder, person);
  const files = new Set(await readdir(place).catch(() => []));
  if ([...files].some((file) => imageNumber(file, person) !== undefined)) {
    return (path) => {
      const extension = EXTENSIONS.find((suffix) => files.has(path.slice(person.length + 1) + suffix));
      return extension && join(folder, path + extension);
    };
  }
  const images = await Array.fromAsync(listImages(place));
  return (_, index) => images[index - 1];
}
