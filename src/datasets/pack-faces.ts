/** Writes faces into tar files that {@link openTarShards} and WebDataset read. */
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { create } from "tar";
import { FaceNetError, reasonOf } from "../errors.ts";
import type { FaceImages } from "./face-images.ts";

export type PackOptions = {
  /** A shard ends with the person with whom it has so many images. */
  readonly imagesPerShard: number;
  readonly signal?: AbortSignal;
  /** Called after each shard with the images written so far. */
  readonly onProgress?: (images: number) => void;
};

/**
 * The images of one person stay together, so that a mini-batch of some people reads few places. The same faces give the
 * same files, byte for byte.
 *
 * @param faces of a folder with a sub-folder for each person
 * @param folder made where it is not there; must hold no .tar file yet
 * @returns paths of the shards
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; the signal's reason. Shards that are there are whole.
 */
export async function packFaces(
  faces: FaceImages,
  folder: string,
  { imagesPerShard, signal, onProgress }: PackOptions,
): Promise<string[]> {
  const shards: string[] = [];
  let written = 0;
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).some((name) => name.endsWith(".tar"))) throw new Error("holds .tar files already");
    for (const names of shardsOf(faces, imagesPerShard)) {
      signal?.throwIfAborted();
      const shard = join(folder, `shard-${String(shards.length).padStart(6, "0")}.tar`);
      await writeShard(faces.name, names, `${shard}.part`);
      await rename(`${shard}.part`, shard);
      shards.push(shard);
      written += names.length;
      onProgress?.(written);
    }
    return shards;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file: folder, reason: reasonOf(error) }, error);
  }
}

/** Names of the files of each shard, person by person, from the folder of all people. */
function* shardsOf({ name, images, imagesOfPeople }: FaceImages, imagesPerShard: number): Generator<string[]> {
  let shard: string[] = [];
  for (const own of imagesOfPeople) {
    for (const image of own) shard.push(relative(name, images[image]?.file as string));
    if (shard.length >= imagesPerShard) {
      yield shard;
      shard = [];
    }
  }
  if (shard.length > 0) yield shard;
}

/** Entries are PERSON/IMAGE, whatever folders an image lies in below its person's. */
async function writeShard(root: string, names: string[], path: string): Promise<void> {
  const flatten = (entry: { path: string }): void => {
    const [person, ...rest] = entry.path.split(/[\\/]/);
    entry.path = `${person}/${rest.join("_")}`;
  };
  try {
    await create({ file: path, cwd: root, portable: true, mtime: new Date(0), strict: true, onWriteEntry: flatten }, names);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
