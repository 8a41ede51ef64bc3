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
import { type Normalisation, readCodes } from "./normalisation.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

/** Nearest faces searched to find the closest people; a person with many faces may take most of them. */
const NEAREST_FACES = 200;

export type Rival = { readonly person: number; readonly distance: number; readonly face: number };

/** @property normalisedDistance compared with the threshold in place of the distance; null without normalisation */
export type RankedRival = Rival & { readonly normalisedDistance: number | null };

export type Identification = {
  /** the person, or null if none matches */
  readonly person: number | null;
  /** of that person's closest face, or of the closest face overall; squared L2; null in an empty gallery */
  readonly distance: number | null;
  /** that distance normalised, which is compared with the threshold; null without normalisation */
  readonly normalisedDistance: number | null;
  readonly threshold: number;
  /** false match rate at this distance for one person, within the measured rates; null in an empty gallery */
  readonly strangersAsClose: number | null;
  /** the closest people, closest first */
  readonly nearest: readonly RankedRival[];
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
 * @param normalisation decides by normalised distances; the threshold and the model's are for those then
 */
export async function identifyFaces(
  probes: readonly Int8Array[],
  { search, store, names }: IdentifyIn,
  model: EmbeddingManifest,
  { threshold, rivals = 3, normalisation }: IdentifyOptions,
): Promise<Identification[]> {
  const found = await search.nearest(probes, { k: NEAREST_FACES, filter: { assigned: true } });
  const ids = [...new Set(found.flat().map(({ id }) => id))];
  const offsets = normalisation && (await offsetsOf(store, ids, normalisation));
  const answers: Identification[] = [];
  for (const [i, neighbours] of found.entries()) {
    const ofProbe = normalisation?.offsetOf(probes[i] as Int8Array) ?? 0;
    const people = nearestPeople(neighbours, offsets && ((face) => ofProbe + (offsets.get(face) ?? 0)));
    const near = people.filter((rival) => deciding(rival) <= threshold);
    const named = near.find(({ person }) => names.get(person));
    const chosen = near[0] && named && (await areWithin(threshold, near[0].face, named.face, store, offsets)) ? named : near[0];
    const shown = chosen ?? people[0];
    answers.push({
      person: chosen?.person ?? null,
      distance: shown?.distance ?? null,
      normalisedDistance: shown?.normalisedDistance ?? null,
      threshold,
      strangersAsClose: shown ? farAtDistance(model, deciding(shown)) : null,
      nearest: people.slice(0, rivals),
    });
  }
  return answers;
}

const deciding = ({ distance, normalisedDistance }: RankedRival): number => normalisedDistance ?? distance;

type IdentifyOptions = {
  readonly threshold: number;
  readonly rivals?: number;
  readonly normalisation?: Pick<Normalisation, "offsetOf"> | undefined;
};

/** @property names of the gallery's people by number */
type IdentifyIn = {
  readonly search: FaceSearch;
  readonly store: Pick<GalleryStore, "face" | "codes">;
  readonly names: ReadonlyMap<number, string | null>;
};

type Neighbours = Awaited<ReturnType<FaceSearch["nearest"]>>[number];

/** Distance of each person: that of their closest face. @param offsetOf what normalisation adds to the distance of a face */
function nearestPeople(neighbours: Neighbours, offsetOf?: (face: number) => number): RankedRival[] {
  const nearest = new Map<number, RankedRival>();
  const rivals = neighbours.flatMap(({ id: face, distance, person }) =>
    person === null ? [] : [{ person, distance, normalisedDistance: offsetOf ? distance + offsetOf(face) : null, face }],
  );
  for (const rival of offsetOf ? rivals.sort((a, b) => deciding(a) - deciding(b)) : rivals)
    if (!nearest.has(rival.person)) nearest.set(rival.person, rival);
  return [...nearest.values()];
}

async function offsetsOf(
  store: Pick<GalleryStore, "codes">,
  ids: readonly number[],
  { offsetOf }: Pick<Normalisation, "offsetOf">,
): Promise<ReadonlyMap<number, number>> {
  return new Map([...(await readCodes(store, ids))].map(([id, code]) => [id, offsetOf(code)]));
}

async function areWithin(
  threshold: number,
  a: number,
  b: number,
  store: Pick<GalleryStore, "face">,
  offsets: ReadonlyMap<number, number> = new Map(),
): Promise<boolean> {
  const [one, other] = [(await store.face(a))?.code, (await store.face(b))?.code];
  if (!one || !other) return false;
  return codeDistance(one, other) + (offsets.get(a) ?? 0) + (offsets.get(b) ?? 0) <= threshold;
}
