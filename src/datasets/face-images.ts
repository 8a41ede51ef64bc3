/** Set of face images by person, for training: people and the places of their images. */
import { open, readFile } from "node:fs/promises";
import { FaceNetError, reasonOf } from "../errors.ts";
import type { ImageSource } from "../schemas/image-source.ts";

/** Where the bytes of an image are: a file, or a part of one, as in a tar shard. Plain data, for any thread to read. */
export type ImagePlace = {
  readonly file: string;
  /** Byte range in the file; without it the whole file. */
  readonly part?: { readonly name: string; readonly offset: number; readonly bytes: number };
};

/** For messages and lists. */
export function placeName({ file, part }: ImagePlace): string {
  return part ? `${file}/${part.name}` : file;
}

/**
 * A set of face images by person. It holds no images: training reads them one by one, so that a set may exceed the memory.
 * A folder is one (`openFaceFolder`); anything that knows the places of its images can be another.
 */
export type FaceImages = {
  /** For messages: where it is. */
  readonly name: string;
  /** Names of the people, each once. */
  readonly people: readonly string[];
  /** For each of `people` the indices of their images. */
  readonly imagesOfPeople: readonly (readonly number[])[];
  readonly images: readonly ImagePlace[];
};

/** Some people of a set, with all their images; indices of images stay what they are. */
export function peopleOf(set: FaceImages, wanted: (person: string, index: number) => boolean): FaceImages {
  const kept = [...set.people.keys()].filter((index) => wanted(set.people[index] as string, index));
  return {
    ...set,
    people: kept.map((index) => set.people[index] as string),
    imagesOfPeople: kept.map((index) => set.imagesOfPeople[index] as readonly number[]),
  };
}

/** The bytes of a picture file. @throws FaceNetError IMAGE_NOT_FOUND, IMAGE_NOT_READABLE */
export async function readImage(place: ImagePlace): Promise<Uint8Array> {
  const { file, part } = place;
  try {
    return part ? await readPart(file, part) : await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new FaceNetError("IMAGE_NOT_FOUND", { image: placeName(place) }, error);
    throw new FaceNetError("IMAGE_NOT_READABLE", { image: placeName(place), reason: reasonOf(error) }, error);
  }
}

async function readPart(file: string, { offset, bytes }: NonNullable<ImagePlace["part"]>): Promise<Uint8Array> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(new Uint8Array(bytes), 0, bytes, offset);
  if (bytesRead < bytes) throw new Error(`ends at byte ${offset + bytesRead}, an image reaches to ${offset + bytes}`);
  return buffer;
}

/**
 * Files by their paths; where some are parts of files, as in a tar shard, all by their bytes, read when their turn comes. One that
 * cannot be read then comes as no bytes, and fails as such, so that the others keep their places.
 *
 * @returns sources in the order of the places, under the names of {@link placeName}
 */
export function imageSources(places: readonly ImagePlace[]): readonly string[] | AsyncIterable<ImageSource> {
  return places.some(({ part }) => part) ? bytesOf(places) : places.map(({ file }) => file);
}

async function* bytesOf(places: readonly ImagePlace[]): AsyncGenerator<ImageSource> {
  for (const place of places) {
    const data = await readImage(place).catch(() => new Uint8Array(0));
    yield { name: placeName(place), data };
  }
}
