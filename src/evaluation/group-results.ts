/** Does one threshold treat all groups of people alike? FAR and VAL of each group at the same distance. */
import type { GroupResult } from "../schemas/evaluation.ts";
import { type BootstrapOptions, bootstrapByPerson } from "./bootstrap.ts";
import type { FaceSet } from "./face-set.ts";
import { computeRoc, farAtThreshold, valAtThreshold } from "./roc.ts";
import { measurePairs, type PairList } from "./verification.ts";

export type GroupOptions = {
  /** The one threshold for all, squared L2. */
  readonly threshold: number;
  readonly bootstrap: BootstrapOptions;
  /** Squared L2 of two faces of the set, where that is not what their embeddings say. */
  readonly distanceOf?: ((a: number, b: number) => number) | undefined;
};

/**
 * A pair belongs to a group when both its people do: strangers of one group are harder to tell apart than those of two.
 *
 * @param groups people's names by group; people may belong to several, and names without a face are passed over
 * @returns one row a group, in their order; a rate is null without a pair to measure it on
 */
export function groupResults(
  faces: FaceSet,
  list: PairList,
  groups: ReadonlyMap<string, ReadonlySet<string>>,
  { threshold, bootstrap, distanceOf }: GroupOptions,
): GroupResult[] {
  const { distances, same } = measurePairs(faces, list, distanceOf);
  return [...groups].map(([group, names]) => {
    const member = faces.people.map((name) => names.has(name));
    const isMember = (face: number): boolean => member[faces.person[face] as number] === true;
    const chosen = Array.from(list.left, (_, i) => i).filter(
      (i) => isMember(list.left[i] as number) && isMember(list.right[i] as number),
    );
    const numbers = new Map(member.flatMap((is, person) => (is ? [person] : [])).map((person, i) => [person, i]));
    const personOf = (face: number): number => numbers.get(faces.person[face] as number) as number;
    const pairs = {
      distances: chosen.map((i) => distances[i] as number),
      left: chosen.map((i) => personOf(list.left[i] as number)),
      right: chosen.map((i) => personOf(list.right[i] as number)),
      people: numbers.size,
    };
    const roc = computeRoc(
      pairs.distances,
      chosen.map((i) => same[i] as boolean),
    );
    const intervals = bootstrapByPerson(
      pairs,
      { val: (resample) => valAtThreshold(resample.roc, threshold), far: (resample) => farAtThreshold(resample.roc, threshold) },
      bootstrap,
    );
    const { samePairs, differentPairs } = roc;
    return {
      group,
      people: numbers.size,
      samePairs,
      differentPairs,
      threshold,
      val: samePairs === 0 ? null : valAtThreshold(roc, threshold),
      valInterval: samePairs === 0 ? null : intervals.val,
      measuredFar: differentPairs === 0 ? null : farAtThreshold(roc, threshold),
      farInterval: differentPairs === 0 ? null : intervals.far,
    };
  });
}
