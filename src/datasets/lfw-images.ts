/** Where the images of a pair list lie: `FOLDER/NAME/NAME_0001.jpg`, as LFW is laid out. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";
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
  const wanted = new Map(pairs.flatMap(({ left, right }) => [left, right]).map((ref) => [pairImagePath(ref), ref.name]));
  const found = new Map<string, string>();
  const listed = new Map<string, Set<string>>();
  for (const [name, person] of wanted) {
    if (!known.has(person)) continue;
    const files = listed.get(person) ?? new Set(await readdir(join(folder, person)).catch(() => []));
    listed.set(person, files);
    const extension = EXTENSIONS.find((suffix) => files.has(name.slice(person.length + 1) + suffix));
    if (extension) found.set(name, join(folder, name + extension));
  }
  return found;
}
