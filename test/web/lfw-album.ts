/**
 * Album made of LFW: photographs of a given number of people, some of them side by side. The position of a face in its photograph
 * gives the ground truth.
 */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { seededRandom, shuffled } from "../../src/metric/seeded-random.ts";

/** Pixels of a side of an image of LFW; the labelled face is in its middle. */
const SIDE = 250;
/** Photographs of each person, at least. */
const FEWEST = 8;
/** Of all photographs, those of two people and of three. */
const [PAIRS, TRIOS] = [0.15, 0.05];

/** A photograph and the people in it, from left to right. */
export type AlbumPhotograph = { readonly path: string; readonly people: readonly string[] };

export type AlbumOptions = { readonly photographs: number; readonly people: number; readonly seed?: number };

/** Writes the photographs into a folder, under names that do not reveal who is in them. */
export async function writeLfwAlbum(
  images: string,
  folder: string,
  { photographs, people, seed = 1 }: AlbumOptions,
): Promise<AlbumPhotograph[]> {
  const random = seededRandom(seed);
  const filesOf = new Map<string, string[]>();
  for (const name of (await readdir(images)).sort()) {
    const files = (await readdir(join(images, name))).sort();
    if (files.length >= FEWEST) filesOf.set(name, files);
  }
  const chosen = shuffled([...filesOf.keys()], random).slice(0, people);
  const [trios, pairs] = [Math.round(photographs * TRIOS), Math.round(photographs * PAIRS)];
  const sizes = shuffled(
    Array.from({ length: photographs }, (_, i) => (i < trios ? 3 : i < trios + pairs ? 2 : 1)),
    random,
  );
  const places = sizes.reduce((sum, size) => sum + size, 0);
  // Everybody's first images, then their next ones, until there is one for each place.
  const rounds = Array.from({ length: 60 }, (_, i) =>
    chosen.flatMap((name) => {
      const file = filesOf.get(name)?.[i];
      return file === undefined ? [] : [{ name, file }];
    }),
  );
  const left = shuffled(rounds.flat().slice(0, places), random);
  if (left.length < places) throw new Error(`LFW has too few images of ${people} people for ${photographs} photographs`);
  const album: AlbumPhotograph[] = [];
  for (const [i, size] of sizes.entries()) {
    const own: typeof left = [];
    for (let at = left.length - 1; own.length < size && at >= 0; at--) {
      const one = left[at] as (typeof left)[number];
      if (!own.some(({ name }) => name === one.name)) own.push(...left.splice(at, 1));
    }
    const path = join(folder, `IMG_${String(i + 1).padStart(4, "0")}.jpg`);
    await writeFile(path, await sideBySide(own.map(({ name, file }) => join(images, name, file))));
    album.push({ path, people: own.map(({ name }) => name.replaceAll("_", " ")) });
  }
  return album;
}

async function sideBySide(files: readonly string[]): Promise<Buffer> {
  const background = { width: SIDE * files.length, height: SIDE, channels: 3 as const, background: "black" };
  return sharp({ create: background })
    .composite(files.map((input, i) => ({ input, left: i * SIDE, top: 0 })))
    .jpeg({ quality: 95 })
    .toBuffer();
}

/** Person shown by the face with this box; undefined for people in the background and false detections. */
export function personAt(
  { people }: AlbumPhotograph,
  { x, y, width, height }: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): string | undefined {
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  const place = Math.floor(middleX / SIDE);
  const isLabelled = Math.hypot(middleX - (place + 0.5) * SIDE, middleY - 0.5 * SIDE) < 0.16 * SIDE && width > 0.2 * SIDE;
  return isLabelled ? people[place] : undefined;
}
