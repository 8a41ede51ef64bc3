/** Images of a set as the pipeline takes them. */
import type { ImageSource } from "../schemas/image-source.ts";
import { type ImagePlace, placeName, readImage } from "./face-images.ts";

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
