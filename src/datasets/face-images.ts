/** Set of face images by person, for training: people and the locations of their images. */
import { open, readFile } from "node:fs/promises";
import { FaceNetError, reasonOf } from "../errors.ts";
import type { ImageSource } from "../schemas/image-source.ts";

/** Location of an image's bytes: a file, or a byte range of one, as in a tar shard. Plain data that any thread can read. */
export type ImagePlace = {
  readonly file: string;
  /** Byte range in the file; default: the whole file. */
  readonly part?: { readonly name: string; readonly offset: number; readonly bytes: number };
};

/** For messages and lists. */
export function placeName({ file, part }: ImagePlace): string {
  return part ? `${file}/${part.name}` : file;
}

/**
 * A set of face images by person. It does not hold the images: training reads them one by one, so that a set may exceed
 * the memory.
 * A folder is one (`openFaceFolder`); any other source of image locations can be another.
 */
export type FaceImages = {
  /** Location, for messages. */
  readonly name: string;
  /** Names of the people, without duplicates. */
  readonly people: readonly string[];
  /** Indices of the images of each of `people`. */
  readonly imagesOfPeople: readonly (readonly number[])[];
  readonly images: readonly ImagePlace[];
};

/** Subset of the people of a set, with all their images; image indices are unchanged. */
export function peopleOf(set: FaceImages, wanted: (person: string, index: number) => boolean): FaceImages {
  const kept = [...set.people.keys()].filter((index) => wanted(set.people[index] as string, index));
  return {
    ...set,
    people: kept.map((index) => set.people[index] as string),
    imagesOfPeople: kept.map((index) => set.imagesOfPeople[index] as readonly number[]),
  };
}

/** Bytes of an image file. @throws FaceNetError IMAGE_NOT_FOUND, IMAGE_NOT_READABLE */
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
  if (bytesRead < bytes) throw new Error(`ends at byte ${offset + bytesRead}, but an image extends to ${offset + bytes}`);
  return buffer;
}

/**
 * Files as paths; if some are parts of files, as in a tar shard, all as bytes, read on demand. One that
 * cannot be read is returned as empty bytes and fails during decoding, so that the others keep their positions.
 *
 * @returns sources in the order of `places`, named by {@link placeName}
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
