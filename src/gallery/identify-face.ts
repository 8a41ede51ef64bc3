/**
 * Open-set identification: who of the gallery's people is this, or nobody of them.
 *
 * A face is compared with every face of every person; a person is as close as their closest face. Each person is
 * one more chance for a stranger to be taken for somebody, so the rate wanted of a whole look-up is shared out
 * among the people (the sum of the chances bounds the whole).
 */
import { farAtDistance, thresholdForFar } from "../faces/verdict.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import { createStrangerRuler } from "../search/stranger-ruler.ts";
import type { FaceSearch } from "./access/face-search.ts";

/** Faces looked at to find the closest people; a person with many faces may take most of them. */
const NEAREST_FACES = 200;

export type Rival = { readonly person: number; readonly distance: number; readonly face: number };

export type Identification = {
  /** the person, or null for nobody of the gallery */
  readonly person: number | null;
  /** of the closest face, squared L2; null in an empty gallery */
  readonly distance: number | null;
  readonly threshold: number;
  /** share of strangers that come as close to one person, within the measured rates; null in an empty gallery */
  readonly strangersAsClose: number | null;
  /** the closest people, the one chosen included, closest first */
  readonly nearest: readonly Rival[];
};

/**
 * The distance that a look-up among `people` may accept, for a wanted rate of strangers that are taken for somebody. Rates below the
 * measured ones are extended as the distances of strangers are distributed; those above are the largest measured one.
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

/** @param rivals how many people to name as the nearest */
export async function identifyFaces(
  probes: readonly Int8Array[],
  search: FaceSearch,
  model: EmbeddingManifest,
  { threshold, rivals = 3 }: { readonly threshold: number; readonly rivals?: number },
): Promise<Identification[]> {
  const found = await search.nearest(probes, { k: NEAREST_FACES, filter: { assigned: true } });
  return found.map((neighbours): Identification => {
    const nearest: Rival[] = [];
    for (const { id, distance, person } of neighbours) {
      if (person === null || nearest.some((rival) => rival.person === person)) continue;
      nearest.push({ person, distance, face: id });
      if (nearest.length === rivals) break;
    }
    const [closest] = nearest;
    return {
      person: closest && closest.distance <= threshold ? closest.person : null,
      distance: closest?.distance ?? null,
      threshold,
      strangersAsClose: closest ? farAtDistance(model, closest.distance) : null,
      nearest,
    };
  });
}
