/** The photographs that tests look at: samples in a development dependency, so a fresh clone has them. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const demo = join(dirname(fileURLToPath(import.meta.resolve("@vladmandic/face-api/package.json"))), "demo");

/** How many faces each shows, all larger than 150 pixels. */
export const sampleFaces = { sample1: 3, sample2: 1, sample3: 3, sample4: 4, sample5: 5, sample6: 4 } as const;
export type SampleName = keyof typeof sampleFaces;
export const sampleNames = Object.keys(sampleFaces) as SampleName[];

/** The path of a sample, 1920 pixels wide. */
export function samplePhotograph(name: SampleName): string {
  return join(demo, `${name}.jpg`);
}
