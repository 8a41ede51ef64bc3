/** Data of benchmarks: six photographs from a development dependency, and LFW if available. */
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FaceNet } from "../src/faces/facenet.ts";
import { decodeImage } from "../src/image/decode.ts";
import type { RawPixels } from "../src/schemas/image-source.ts";

const demo = join(dirname(fileURLToPath(import.meta.resolve("@vladmandic/face-api/package.json"))), "demo");

/** Paths of six photographs of 2 megapixels, with 22 faces in total. */
export const samplePaths: readonly string[] = [1, 2, 3, 4, 5, 6].map((i) => join(demo, `sample${i}.jpg`));

/** Decoded, for benchmarks without decoding. */
export async function readPixels(paths: readonly string[]): Promise<RawPixels[]> {
  return Promise.all(paths.map(async (path): Promise<RawPixels> => ({ ...(await decodeImage(path)), channels: 3 })));
}

/** Faces of the samples as the model's crops. */
export async function sampleCrops(facenet: FaceNet): Promise<RawPixels[]> {
  const crops: RawPixels[] = [];
  for await (const item of facenet.align(samplePaths)) {
    if (!item.ok) throw item.error;
    for (const { crop } of item.value.faces) crops.push({ ...crop, channels: 3 });
  }
  return crops;
}

export const withoutLfw = { skipped: "set FACENET_DATA to a folder with lfw/images/NAME/NAME_0001.jpg in it" } as const;

/** Paths of all LFW images by person; undefined if not available. */
export async function lfwPeople(data: string | undefined): Promise<string[][] | undefined> {
  if (data === undefined) return undefined;
  const folder = join(data, "lfw", "images");
  const people = await readdir(folder).catch(() => undefined);
  if (!people) return undefined;
  const files = await Promise.all(
    people.sort().map(async (name) => (await readdir(join(folder, name))).sort().map((file) => join(folder, name, file))),
  );
  return files.filter((images) => images.length > 0);
}
