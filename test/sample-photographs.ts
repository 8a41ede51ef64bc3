/** Sample photographs from a development dependency, so that a new clone has them. */
import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

const demo = join(dirname(fileURLToPath(import.meta.resolve("@vladmandic/face-api/package.json"))), "demo");

/** Number of faces in each, all larger than 150 pixels. */
export const sampleFaces = { sample1: 3, sample2: 3, sample3: 3, sample4: 4, sample5: 5, sample6: 4 } as const;
export type SampleName = keyof typeof sampleFaces;
export const sampleNames = Object.keys(sampleFaces) as SampleName[];

/** Path of a sample, 1920 pixels wide. */
export function samplePhotograph(name: SampleName): string {
  return join(demo, `${name}.jpg`);
}

/** Path of a photograph with one face: the right part of sample2, with its EXIF. */
export async function samplePortrait(): Promise<string> {
  const path = join(tmpdir(), "facenet-sample-portrait-1.jpg");
  if (existsSync(path)) return path;
  const own = `${path}.${process.pid}`;
  await sharp(samplePhotograph("sample2")).extract({ left: 1200, top: 0, width: 720, height: 900 }).keepExif().jpeg().toFile(own);
  await rename(own, path); // test files run side by side
  return path;
}
