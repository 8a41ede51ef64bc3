/** The faces that photographs are made of: one a person out of LFW, with MTCNN's box and landmarks at full resolution. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Detector } from "../../src/faces/detection/detector.ts";
import { decodeImage } from "../../src/image/decode.ts";
import { createPyramid } from "../../src/image/pyramid.ts";
import type { Detection } from "../../src/schemas/face.ts";
import type { RgbImage } from "../../src/schemas/pixels.ts";
import { createRandom, shuffled } from "./random.ts";

/** A picture with one main face, and where that is. */
export type SourceFace = { readonly picture: RgbImage; readonly face: Detection };

/** How far from the middle of its 250 pixels an LFW picture's main face may be, and how large it is. */
const MAIN = { offCentre: 40, smallest: 70, largest: 170 } as const;

/** All people, in a random order that is always the same. */
export async function lfwPeople(images: string, seed: number): Promise<string[]> {
  return shuffled((await readdir(images)).toSorted(), createRandom(seed));
}

/** The first picture of each person; `skipped` counts those in whose middle the reference finds no face. */
export async function readFaces(
  images: string,
  people: readonly string[],
  reference: Detector,
): Promise<{ faces: SourceFace[]; skipped: number }> {
  const faces: SourceFace[] = [];
  for (const name of people) {
    const picture = await decodeImage(join(images, name, `${name}_0001.jpg`));
    const found = await reference.detect(createPyramid(picture), { minFaceSize: 40, minConfidence: 0.7 });
    const face = found.find(({ box }) => {
      const offCentre = Math.hypot(box.x + box.width / 2 - picture.width / 2, box.y + box.height / 2 - picture.height / 2);
      const side = Math.max(box.width, box.height);
      return offCentre <= MAIN.offCentre && side >= MAIN.smallest && side <= MAIN.largest;
    });
    if (face) faces.push({ picture, face });
  }
  return { faces, skipped: people.length - faces.length };
}
