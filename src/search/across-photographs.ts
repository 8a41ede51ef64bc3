/** Random pairs of two people in two photographs: the impostor pairs of real decisions. */
import type { PairSample, PhotographedFaces } from "./stranger-pairs.ts";

/** Pairs, and the maximum weight of one person. */
const [ACROSS, MOST_OF_ONE] = [20_000, 10];

/**
 * A person is weighted by their number of faces, up to `MOST_OF_ONE`: no person dominates,
 * nor do ungrouped faces, whose identity is unknown.
 *
 * @throws RangeError if no two photographs show two people
 */
export function acrossPhotographs({ photographs, groups, distance }: PhotographedFaces, random: () => number): PairSample {
  const people = [
    ...Map.groupBy(
      Array.from({ length: groups.length }, (_, face) => face),
      (face) => ((groups[face] as number) < 0 ? -1 - face : (groups[face] as number)),
    ).values(),
  ];
  const entries = people.flatMap((own, person) => Array.from({ length: Math.min(own.length, MOST_OF_ONE) }, () => person));
  const draw = (): { person: number; face: number } => {
    const person = entries[Math.floor(random() * entries.length)] as number;
    const own = people[person] as number[];
    return { person, face: own[Math.floor(random() * own.length)] as number };
  };
  const found: { distance: number; left: number; right: number }[] = [];
  for (let attempt = 0; attempt < 2 * ACROSS && found.length < ACROSS; attempt++) {
    const [a, b] = [draw(), draw()];
    const [left, right] = [photographs[a.face] as number, photographs[b.face] as number];
    if (a.person !== b.person && left !== right) found.push({ distance: distance(a.face, b.face), left, right });
  }
  if (found.length === 0) throw new RangeError("no two photographs show two people");
  found.sort((x, y) => x.distance - y.distance);
  return {
    distances: Float64Array.from(found, (pair) => pair.distance),
    weights: new Float64Array(found.length).fill(1),
    left: Float64Array.from(found, (pair) => pair.left),
    right: Float64Array.from(found, (pair) => pair.right),
  };
}
