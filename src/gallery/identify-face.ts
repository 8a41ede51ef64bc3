/**
 * Open-set identification: finds the person of a gallery that a face belongs to, or reports that it is none of them.
 *
 * A face is compared with every face of every person; the distance to a person is that of their closest face. Each person is
 * one more chance of a false match, so the target rate of a look-up is divided
 * by the number of people (union bound).
 */
import { farAtDistance, thresholdForFar } from "../faces/verdict.ts";
import { codeDistance } from "../metric/distance.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import { createStrangerRuler } from "../search/stranger-ruler.ts";
import type { FaceSearch } from "./access/face-search.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

/** Nearest faces searched to find the closest people; a person with many faces may take most of them. */
const NEAREST_FACES = 200;

export type Rival = { readonly person: number; readonly distance: number; readonly face: number };

export type Identification = {
  /** the person, or null if none matches */
  readonly person: number | null;
  /** of that person's closest face, or of the closest face overall; squared L2; null in an empty gallery */
  readonly distance: number | null;
  readonly threshold: number;
  /** false match rate at this distance for one person, within the measured rates; null in an empty gallery */
  readonly strangersAsClose: number | null;
  /** the closest people, closest first */
  readonly nearest: readonly Rival[];
};

/**
 * Distance threshold of a look-up among `people` people, for a target false positive identification rate. Rates below the
 * measured ones are extrapolated from the distribution of impostor distances; rates above are clipped to the largest measured
 * one.
 */
export function identificationThreshold(model: EmbeddingManifest, fpir: number, people: number): number {
  const rates = model.thresholds.map((threshold) => threshold.far);
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  const wanted = Math.min(fpir / Math.max(1, people), most);
  if (wanted >= least) return thresholdForFar(model, wanted);
  const smallest = thresholdForFar(model, least);
  if (rates.length < 2) return smallest;
  return Math.max(0, Math.min(smallest, createStrangerRuler(model.thresholds).distanceAt(-Math.log(wanted))));
}

/**
 * The closest person within the threshold. A named person takes precedence over an unnamed group if both the face and the
 * group are within the threshold of that person: the person was enrolled after clustering had grouped their faces.
 *
 * @param rivals number of nearest people to return
 */
export async function identifyFaces(
  probes: readonly Int8Array[],
  { search, store, names }: IdentifyIn,
  model: EmbeddingManifest,
  { threshold, rivals = 3 }: { readonly threshold: number; readonly rivals?: number },
): Promise<Identification[]> {
  const found = await search.nearest(probes, { k: NEAREST_FACES, filter: { assigned: true } });
  const answers: Identification[] = [];
  for (const neighbours of found) {
    const people = nearestPeople(neighbours);
    const [closest] = people;
    const near = people.filter(({ distance }) => distance <= threshold);
    const named = near.find(({ person }) => names.get(person));
    const chosen = near[0] && named && (await areWithin(threshold, near[0].face, named.face, store)) ? named : near[0];
    const distance = (chosen ?? closest)?.distance ?? null;
    answers.push({
      person: chosen?.person ?? null,
      distance,
      threshold,
      strangersAsClose: distance === null ? null : farAtDistance(model, distance),
      nearest: people.slice(0, rivals),
    });
  }
  return answers;
}

/** @property names of the gallery's people by number */
type IdentifyIn = {
  readonly search: FaceSearch;
  readonly store: Pick<GalleryStore, "face">;
  readonly names: ReadonlyMap<number, string | null>;
};

type Neighbours = Awaited<ReturnType<FaceSearch["nearest"]>>[number];

/** Distance of each person: that of their closest face. */
function nearestPeople(neighbours: Neighbours): Rival[] {
  const nearest = new Map<number, Rival>();
  for (const { id: face, distance, person } of neighbours)
    if (person !== null && !nearest.has(person)) nearest.set(person, { person, distance, face });
  return [...nearest.values()];
}

async function areWithin(threshold: number, a: number, b: number, store: Pick<GalleryStore, "face">): Promise<boolean> {
  const [one, other] = [(await store.face(a))?.code, (await store.face(b))?.code];
  return one !== null && one !== undefined && other !== null && other !== undefined && codeDistance(one, other) <= threshold;
}
