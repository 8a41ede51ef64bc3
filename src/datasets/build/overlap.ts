/** Overlap of two face sets: people who are in both, which would inflate test results. */

import * as z from "zod";
import { failureOf } from "../../errors.ts";
import type { FaceNet, LookOptions } from "../../faces/facenet.ts";
import type { ImageFailure } from "../../schemas/failure.ts";
import { CodeSearch } from "../../search/code-search.ts";
import { type FaceImages, type ImagePlace, imageSources, placeName } from "../face-images.ts";
import { COPY_DISTANCE } from "./build-options.ts";

export type EmbeddedImages = {
  /** [n] index of each face's image in the set */
  readonly rows: readonly number[];
  /** [n] index of each face's person in the set's `people` */
  readonly person: Uint32Array;
  /** [n, dimensions] */
  readonly codes: Int8Array;
  readonly dimensions: number;
  readonly withoutFace: string[];
  readonly failures: ImageFailure[];
};

export async function embedFaceImages(set: FaceImages, facenet: FaceNet, options: LookOptions): Promise<EmbeddedImages> {
  const wanted = set.imagesOfPeople.flatMap((images, person) => images.map((image) => ({ image, person })));
  const placeOf = (index: number): ImagePlace => set.images[wanted[index]?.image as number] as ImagePlace;
  const dimensions = facenet.model.embedding.size;
  const codes = new Int8Array(wanted.length * dimensions);
  const rows: number[] = [];
  const people: number[] = [];
  const withoutFace: string[] = [];
  const failures: EmbeddedImages["failures"] = [];
  const sources = imageSources(Array.from(wanted.keys(), placeOf));
  for await (const item of facenet.embed(sources, { ...options, faces: "central" })) {
    const { image, person } = wanted[item.index] as { image: number; person: number };
    const name = placeName(placeOf(item.index));
    const face = item.ok ? item.value.faces[0] : undefined;
    if (face) {
      codes.set(face.embedding.code, rows.length * dimensions);
      rows.push(image);
      people.push(person);
    } else if (item.ok || item.error.code === "FACE_NOT_FOUND") withoutFace.push(name);
    else failures.push({ image: name, ...failureOf(item.error) });
  }
  return {
    rows,
    person: Uint32Array.from(people),
    codes: codes.slice(0, rows.length * dimensions),
    dimensions,
    withoutFace,
    failures,
  };
}

export const Overlap = z.object({
  person: z.string().describe("in this set"),
  other: z.string().describe("in the other"),
  sameName: z.boolean().describe("both have the same name, ignoring case, accents and punctuation"),
  images: z.int().describe("number of the other's images within the threshold of this person's"),
  copies: z.int().describe("number of those that are copies of images in this set"),
  distance: z.number().nullable().describe("of the closest two faces within the threshold, squared L2"),
});
export type Overlap = z.infer<typeof Overlap>;

export type OverlapOptions = LookOptions & { readonly threshold: number };

/** Most images in common first. */
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
  const index = await CodeSearch.create({ dimensions: embedded.dimensions });
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

/** A name normalised for comparison: without case, accents and punctuation. */
function plain(name: string): string {
  return name
    .normalize("NFD")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .toLowerCase();
}
