/** The random pairs that were measured, as a list that can be measured again. */
import { basename } from "node:path";
import { imageNumber } from "../../datasets/lfw-images.ts";
import type { Pair } from "../../datasets/pairs.ts";
import { listPersonFolders } from "../../datasets/person-folders.ts";
import { formatPairs } from "../../datasets/write-pairs.ts";
import { FaceNetError } from "../../errors.ts";
import { writeWhole } from "../../files/whole-file.ts";
import type { FaceSet } from "../face-set.ts";
import type { PairList } from "../verification.ts";

/**
 * @param folder of the images: an image whose name does not say its number is known by its place in its person's folder
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; OPTION_INVALID where a number is not to be had
 */
export async function writePairs(
  file: string,
  { images, people, person }: FaceSet,
  { left, right, fold }: PairList,
  folder: string | undefined,
): Promise<void> {
  const places = folder === undefined ? new Map<string, number>() : await placesIn(folder);
  const refOf = (face: number): Pair["left"] => {
    const image = images[face] as string;
    const name = people[person[face] as number] as string;
    const index = imageNumber(basename(image), name) ?? places.get(image);
    if (index === undefined)
      throw new FaceNetError("OPTION_INVALID", {
        option: "pairsOut (--pairs-out)",
        reason: `${image} has no number; name the folder with --images instead of --embeddings`,
      });
    return { name, index };
  };
  const pairs = Array.from(left, (a, i): Pair => {
    const b = right[i] as number;
    return { left: refOf(a), right: refOf(b), same: person[a] === person[b], fold: fold[i] as number };
  });
  await writeWhole(file, formatPairs(pairs));
}

/** The place of each image among its person's, from 1. */
async function placesIn(folder: string): Promise<Map<string, number>> {
  const places = new Map<string, number>();
  for (const own of Map.groupBy(await listPersonFolders(folder), ({ person }) => person).values())
    for (const [i, { image }] of own.entries()) places.set(image, i + 1);
  return places;
}
