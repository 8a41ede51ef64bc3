/** People of one set who are in another: training on whom one is tested on flatters every figure. */
import * as z from "zod";
import type { FaceNet, LookOptions } from "../../faces/facenet.ts";
import { CodeIndex } from "../../search/code-index.ts";
import type { FaceImages } from "../face-images.ts";
import { COPY_DISTANCE } from "./copy-distance.ts";
import { type EmbeddedImages, embedFaceImages } from "./embed-face-images.ts";

export const Overlap = z.object({
  person: z.string().describe("in this set"),
  other: z.string().describe("in the other"),
  sameName: z.boolean().describe("the two are called the same, but for case, accents and punctuation"),
  images: z.int().describe("of the other's images, how many are within the threshold of this person's"),
  copies: z.int().describe("how many of those are copies of images in this set"),
  distance: z.number().nullable().describe("of the closest two faces within the threshold, squared L2"),
});
export type Overlap = z.infer<typeof Overlap>;

export type OverlapOptions = LookOptions & { readonly threshold: number };

/** Those with most images in common first. */
export async function findOverlap(
  { set, embedded }: { readonly set: FaceImages; readonly embedded: EmbeddedImages },
  other: FaceImages,
  facenet: FaceNet,
  { threshold, ...options }: OverlapOptions,
): Promise<Overlap[]> {
  const theirs = await embedFaceImages(other, facenet, options);
  const found = new Map<string, Overlap>();
  const overlapOf = (person: string, their: string): Overlap => {
    const key = JSON.stringify([person, their]);
    const sameName = plain(person) === plain(their);
    const overlap = found.get(key) ?? { person, other: their, sameName, images: 0, copies: 0, distance: null };
    found.set(key, overlap);
    return overlap;
  };
  const names = new Map(set.people.map((person) => [plain(person), person]));
  for (const their of other.people) {
    const person = names.get(plain(their));
    if (person !== undefined) overlapOf(person, their);
  }
  const index = await CodeIndex.create({ dimensions: embedded.dimensions });
  try {
    index.add(Array.from(embedded.rows.keys()), embedded.codes);
    const probes = Array.from(theirs.rows.keys(), (row) =>
      theirs.codes.subarray(row * theirs.dimensions, (row + 1) * theirs.dimensions),
    );
    for (const [row, near] of (await index.within(probes, { distance: threshold })).entries()) {
      const their = other.people[theirs.person[row] as number] as string;
      const nearest = new Map<number, number>();
      for (const { id, distance } of near) {
        const person = embedded.person[id] as number;
        if (!nearest.has(person)) nearest.set(person, distance);
      }
      for (const [person, distance] of nearest) {
        const overlap = overlapOf(set.people[person] as string, their);
        overlap.images++;
        if (distance <= COPY_DISTANCE) overlap.copies++;
        overlap.distance = Math.min(overlap.distance ?? distance, distance);
      }
    }
  } finally {
    await index.dispose();
  }
  return [...found.values()].sort((a, b) => b.images - a.images || Number(b.sameName) - Number(a.sameName));
}

/** A name as one would compare it: without case, accents and punctuation. */
function plain(name: string): string {
  return name
    .normalize("NFD")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .toLowerCase();
}
