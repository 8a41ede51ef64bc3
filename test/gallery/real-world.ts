/**
 * Photographs of real people for the library simulation, from FACENET_DATA, with bursts made of them by small crops and
 * compression. Each distinct picture is embedded once.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { overlapOfUnion } from "../../src/faces/detection/overlap.ts";
import type { FaceNet, LookOptions } from "../../src/faces/facenet.ts";
import { pixelsHash } from "../../src/image/pixels-hash.ts";
import type { Box, EmbeddedImage } from "../../src/schemas/face.ts";
import type { NamedBytes } from "../../src/schemas/image-source.ts";
import { killAtRandom, startIndexing } from "./hard-times.ts";
import { type Human, type Picture, type Random, type World, withComment } from "./library-simulation.ts";

/** @property unused pictures that overwrite others; none is in the library */
export type RealLibrary = { readonly pictures: readonly Picture[]; readonly world: World };

type Source = { readonly path: string; readonly name: string | undefined };

/** @param data folder with lfw/, photographs/ and population/ */
export async function realLibrary(
  data: string,
  count: number,
  random: Random,
  models: { readonly facenet: FaceNet; readonly other: FaceNet },
): Promise<RealLibrary> {
  const [facenet, other] = [cached(models.facenet), cached(models.other)];
  const sources = shuffled(await sourcesIn(data), random);
  const pictures: Picture[] = [];
  const unused: Picture[] = [];
  for (const { path, name } of sources) {
    const taking = pictures.length < count;
    if (!taking && unused.length >= count / 5) break;
    const picture = await pictureOf(await readFile(path), name ?? path, pictures.length + unused.length, facenet);
    if (!picture.humans.some(({ box }) => Math.max(box.width, box.height) >= 40)) continue;
    if (!taking) unused.push(picture);
    else {
      pictures.push(picture);
      const burst = random() < 0.2 ? 1 + Math.floor(random() * 2) : 0;
      for (let n = 0; n < burst && pictures.length < count; n++) {
        const next = await cropped(picture, random, 0.03);
        pictures.push({ ...next, shot: pictures.length + unused.length });
      }
    }
  }
  const standIn = async (_: Picture, of: Picture, shot: number): Promise<Picture> => {
    const stranger = unused.pop() ?? of;
    return { ...stranger, shot };
  };
  return { pictures, world: { facenet, other, edit, standIn, background, killedIndex } };
}

/** A square without a face, even at low confidence. */
async function background({ bytes, humans }: Picture, random: Random): Promise<Box | undefined> {
  const { autoOrient: size } = await sharp(bytes).metadata();
  for (let tries = 0; tries < 20; tries++) {
    const side = 40 + 60 * random();
    const box = { x: random() * (size.width - side), y: random() * (size.height - side), width: side, height: side };
    if (box.x >= 0 && box.y >= 0 && humans.every((one) => overlapOfUnion(one.box, box) === 0)) return box;
  }
  return undefined;
}

async function killedIndex(folder: string, gallery: string, minFaceSize: number, random: Random): Promise<void> {
  await killAtRandom(startIndexing(folder, gallery, ["--min-face-size", String(minFaceSize)]), gallery, random);
}

async function edit(
  picture: Picture,
  kind: "metadata" | "compress" | "turn" | "crop",
  random: Random,
): Promise<Picture | undefined> {
  const { bytes, shot, humans } = picture;
  if (kind === "metadata") return { shot, humans, bytes: withComment(bytes, `rating ${random()}`) };
  if (kind === "compress") {
    const quality = 60 + Math.floor(35 * random());
    return { shot, humans, bytes: await sharp(bytes).autoOrient().jpeg({ quality }).toBuffer() };
  }
  if (kind === "crop") return cropped(picture, random, 0.1);
  const { width, height, orientation = 1 } = await sharp(bytes).metadata();
  if (orientation !== 1) return undefined; // turned already
  const turned = humans.map((one) => {
    const { x, y, width: w, height: h } = one.box;
    return { ...one, box: { x: height - y - h, y: x, width: h, height: w } };
  });
  const isTurnedByMark = width !== height && random() < 0.5;
  const turnedBytes = isTurnedByMark ? withOrientation(bytes) : await sharp(bytes).rotate(90).jpeg({ quality: 95 }).toBuffer();
  return { shot, humans: turned, bytes: turnedBytes };
}

async function cropped({ shot, bytes, humans }: Picture, random: Random, most: number): Promise<Picture> {
  const upright = sharp(await sharp(bytes).autoOrient().jpeg({ quality: 97 }).toBuffer());
  const { width, height } = await upright.metadata();
  const part = (of: number): number => Math.floor(random() * most * of);
  const [left, top] = [part(width), part(height)];
  const size = { width: width - left - part(width), height: height - top - part(height) };
  const isWhole = ({ x, y, width: w, height: h }: Box) => x > 0 && y > 0 && x + w < size.width && y + h < size.height;
  const moved = humans.map((one): Human => {
    const box = { ...one.box, x: one.box.x - left, y: one.box.y - top };
    return { ...one, box, isCut: one.isCut === true || !isWhole(box) };
  });
  return {
    shot,
    humans: moved,
    bytes: await upright
      .extract({ left, top, ...size })
      .jpeg({ quality: 92 })
      .toBuffer(),
  };
}

/** EXIF that rotates a picture by 90 degrees, without recompression. */
function withOrientation(jpeg: Uint8Array): Uint8Array {
  const tiff = Buffer.from("49492a0008000000010012010300010000000600000000000000", "hex");
  const body = Buffer.concat([Buffer.from("Exif\0\0"), tiff]);
  const header = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
  return Buffer.concat([jpeg.subarray(0, 2), header, body, jpeg.subarray(2)]);
}

/** Below the indexed size and confidence: faces that can be drawn, and are detected with lower minimums. */
const ALL = { minFaceSize: 24, minConfidence: 0.3 };

/** People of a photograph: a portrait shows the person it is named after, all others are separate people. */
async function pictureOf(bytes: Uint8Array, name: string, shot: number, facenet: FaceNet): Promise<Picture> {
  const { faces, width, height } = await facenet.embed({ name, data: bytes }, ALL);
  const middle = faces
    .map(({ box }, i) => ({ i, offset: Math.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2) }))
    .sort((a, b) => a.offset - b.offset)[0]?.i;
  const humans = faces.map(({ box }, i) => ({ box, human: i === middle ? name : `${name}, face ${shot}.${i}` }));
  return { shot, bytes, humans };
}

async function sourcesIn(data: string): Promise<Source[]> {
  const sources: Source[] = [];
  for (const [folder, most] of [
    ["lfw/images", 6],
    ["population", 3],
  ] as const) {
    for (const name of (await readdir(join(data, folder))).sort()) {
      const files = (await readdir(join(data, folder, name))).sort().slice(0, most);
      for (const file of files) sources.push({ path: join(data, folder, name, file), name });
    }
  }
  for (const file of (await readdir(join(data, "photographs"))).sort())
    if (file.endsWith(".jpg")) sources.push({ path: join(data, "photographs", file), name: undefined });
  return sources;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Caches results for pixels that were processed before. */
function cached(facenet: FaceNet): FaceNet {
  const known = new Map<string, Omit<EmbeddedImage, "image">>();
  const one = async (source: NamedBytes, options: LookOptions | undefined): Promise<EmbeddedImage> => {
    const { minFaceSize, minConfidence } = options ?? {};
    const key = `${await pixelsHash(source.data)} ${minFaceSize ?? 40} ${minConfidence ?? 0.65}`;
    const found = known.get(key) ?? (await facenet.embed(source, options));
    known.set(key, found);
    return { ...found, image: source.name };
  };
  async function* several(sources: AsyncIterable<NamedBytes>, options: LookOptions | undefined) {
    let index = 0;
    for await (const source of sources) {
      try {
        yield { index: index++, image: source.name, ok: true, value: await one(source, options) };
      } catch (error) {
        yield { index: index - 1, image: source.name, ok: false, error };
      }
    }
  }
  const embed = (source: NamedBytes | AsyncIterable<NamedBytes>, options?: LookOptions) =>
    "data" in source ? one(source, options) : several(source, options);
  return new Proxy(facenet, {
    get: (target, field) => {
      if (field === "embed") return embed;
      const value = Reflect.get(target, field, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
