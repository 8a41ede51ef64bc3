/** Finds the faces to train on, and splits off people for validation. */

import { basename, dirname, resolve } from "node:path";
import { type FaceImages, peopleOf } from "../../datasets/face-images.ts";
import { openFaceImages } from "../../datasets/person-folders.ts";
import { FaceNetError } from "../../errors.ts";
import type { LookOptions } from "../../faces/facenet.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { listImages } from "../../image/list-images.ts";
import { seededRandom, streamSeed } from "../../metric/seeded-random.ts";
import type { Alignment } from "../../schemas/model-manifest.ts";
import { type PreparedFaces, prepareFaces, type Size, trainingCutOut } from "./prepare-faces.ts";

export type FaceSource = LookOptions & {
  /** Folder with a sub-folder per person, or tar shards. */
  readonly data: string;
  readonly aligned: boolean;
  /** Output folder of face crops. */
  readonly facesFolder: string;
  readonly detector: string;
  /** Of the network's images. Default: ArcFace's, scaled to them. */
  readonly alignment?: Alignment | undefined;
};

export type FoundFaces = PreparedFaces & {
  /** Border of the pictures beyond the network's input, as a share of their sides. */
  readonly border: number;
};

/** @throws FaceNetError FACES_UNUSABLE and what finding faces throws */
export async function findFaces({ data, ...source }: FaceSource, input: Size, context: RunContext): Promise<FoundFaces> {
  return cutOutFaces(await openFaceImages(data), source, input, context);
}

/** Unlabelled faces: those of all photographs below a folder, as images of one person. @throws as {@link findFaces} */
export async function findUnlabelled({ data, ...source }: FaceSource, input: Size, context: RunContext): Promise<FoundFaces> {
  const images = await Array.fromAsync(listImages(data), (file) => ({ file }));
  if (images.length === 0) throw new FaceNetError("FACES_UNUSABLE", { faces: data, reason: "contains no image" });
  const folder = resolve(data);
  const all = { name: dirname(folder), people: [basename(folder)], imagesOfPeople: [[...images.keys()]], images };
  return cutOutFaces(all, source, input, context);
}

async function cutOutFaces(
  photographs: FaceImages,
  { aligned, facesFolder, detector, alignment, ...look }: Omit<FaceSource, "data">,
  input: Size,
  { load, signal, onProgress }: RunContext,
): Promise<FoundFaces> {
  if (aligned) return { faces: photographs, photographOf: (face) => face, skipped: [], border: 0 };
  const cutOut = trainingCutOut(input, alignment?.kind === "similarity" ? alignment : undefined);
  const options = { ...look, cutOut, folder: facesFolder, load: () => load({ detector }), signal, onProgress };
  return { ...(await prepareFaces(photographs, options)), border: cutOut.border };
}

export type PeopleSplit = {
  readonly trained: FaceImages;
  /** Undefined if there are too few people to hold any out. */
  readonly heldOut: FaceImages | undefined;
  /** Images of people with a single image: without a positive, they can only be negatives. */
  readonly singles: readonly number[];
};

/** Minimum number of held-out people. */
const FEWEST_HELD_OUT = 3;

/**
 * Holds out a share of the people. The choice depends only on name and seed, not on the rest of the folder.
 *
 * @param share of the people, 0 to below 1
 * @throws FaceNetError FACES_UNUSABLE if fewer than two people remain for training
 */
export function splitPeople(faces: FaceImages, share: number, seed: number): PeopleSplit {
  const several = peopleOf(faces, (_, index) => (faces.imagesOfPeople[index]?.length ?? 0) >= 2);
  const singles = faces.imagesOfPeople.flatMap((own) => (own.length === 1 ? own : []));
  if (several.people.length < 2) {
    const reason =
      singles.length > 0
        ? `has ${several.people.length} people with at least two images and ${singles.length} with one`
        : `has ${several.people.length} people`;
    throw new FaceNetError("FACES_UNUSABLE", { faces: faces.name, reason });
  }
  const wanted = Math.round(share * several.people.length);
  if (wanted < FEWEST_HELD_OUT || several.people.length - wanted < 2) return { trained: several, heldOut: undefined, singles };
  const order = several.people.map((name) => ({ name, key: seededRandom(streamSeed(seed, `hold out ${name}`))() }));
  const out = new Set(
    order
      .sort((a, b) => a.key - b.key)
      .slice(0, wanted)
      .map(({ name }) => name),
  );
  return {
    trained: peopleOf(several, (person) => !out.has(person)),
    heldOut: peopleOf(several, (person) => out.has(person)),
    singles,
  };
}
