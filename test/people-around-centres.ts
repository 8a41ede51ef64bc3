/** Synthetic people for tests of evaluation: a centre each, with faces scattered around it. */
import { writeFile } from "node:fs/promises";
import { normalize } from "../src/metric/distance.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";

export const MODEL = "sface.opencv-128";

export type MadeUpFace = { readonly image: string; readonly vector: Float32Array; readonly model?: string };

/**
 * @param counts faces of each person; files are named as in LFW: people/P0/P0_0001.jpg
 * @param spread standard deviation of a face's components, relative to that of the centres
 */
export function madeUpPeople(counts: readonly number[], spread = 1.1, seed = 11): MadeUpFace[] {
  const random = seededRandom(seed);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return counts.flatMap((count, p) => {
    const centre = Float32Array.from({ length: 128 }, gaussian);
    return Array.from({ length: count }, (_, i) => ({
      image: `people/P${p}/P${p}_${String(i + 1).padStart(4, "0")}.jpg`,
      vector: normalize(centre.map((value) => value + spread * gaussian())),
    }));
  });
}

/** Writes faces in the format of `facenet embed --output FILE.jsonl`. */
export async function writeFaces(file: string, faces: readonly MadeUpFace[]): Promise<string> {
  const lines = faces.map(({ image, vector, model = MODEL }) => {
    const embedding = { model, vector: Array.from(vector) };
    return JSON.stringify({ image, width: 9, height: 9, faces: [{ box: { x: 0, y: 0, width: 9, height: 9 }, embedding }] });
  });
  await writeFile(file, `${lines.join("\n")}\n`);
  return file;
}
