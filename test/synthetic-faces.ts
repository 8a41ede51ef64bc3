/** Synthetic pictures of faces: each person is a pattern of a few waves, with noise and varying light. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodePng } from "../src/image/encode.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";

export type SyntheticFacesOptions = {
  readonly people: number;
  readonly images: number;
  readonly side: number;
  readonly noise?: number;
};

/** Writes `FOLDER/person-N/M.png`. */
export async function writeSyntheticFaces(
  folder: string,
  { people, images, side, noise = 40 }: SyntheticFacesOptions,
): Promise<void> {
  for (let person = 0; person < people; person++) {
    const random = seededRandom(1000 + person);
    const waves = Array.from({ length: 9 }, () => 2 * Math.PI * random());
    const own = join(folder, `person-${String(person).padStart(2, "0")}`);
    await mkdir(own, { recursive: true });
    for (let image = 0; image < images; image++) {
      const light = 0.8 + 0.4 * random();
      const data = new Uint8ClampedArray(side * side * 3);
      for (let at = 0; at < data.length; at++) {
        const [c, x, y] = [at % 3, Math.floor(at / 3) % side, Math.floor(at / 3 / side)];
        const wave = (i: number, value: number): number =>
          Math.sin((waves[3 * c + i] as number) + (value * (3 + 5 * (waves[i] as number))) / side);
        data[at] = light * (128 + 50 * wave(0, x) + 50 * wave(1, y)) + noise * (random() - 0.5);
      }
      await writeFile(
        join(own, `${image}.png`),
        await encodePng({ data: new Uint8Array(data.buffer), width: side, height: side }),
      );
    }
  }
}
