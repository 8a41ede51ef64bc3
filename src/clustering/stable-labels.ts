/** Keeps person ids stable: matches the clusters of a new run to the people of the previous one. */
import type { Constraints } from "./constraints.ts";

export type StableLabelsOptions = Pick<Constraints, "fixed" | "rejections"> & {
  /** [n] previous person of each face, -1 for none. */
  readonly previous: ArrayLike<number>;
  /** First id for new people; above every id ever used, so that none is reused. */
  readonly nextPerson: number;
  /** Minimum cluster size of a new person; faces of smaller clusters get none. Default 1. */
  readonly minFaces?: number;
};

export type StableLabels = {
  /** [n] person of each face, -1 for none. */
  readonly people: Int32Array;
  /** First id that is still unused. */
  readonly nextPerson: number;
};

type Overlap = { readonly cluster: number; readonly person: number; readonly faces: number };

/**
 * Each cluster becomes at most one existing person and vice versa: first by users' assignments,
 * then by the number of faces in common, largest first; ties by older person, then earlier
 * cluster. An unmatched cluster becomes a new person. A face assigned by a user keeps its person, and one
 * that a user has marked as not this person gets none, whatever the clusters are.
 *
 * @param labels [n] cluster of each face, from 0; -1 for none
 * @example
 * stableLabels(Int32Array.of(0, 0, 1), { previous: [7, 7, -1], nextPerson: 8 }).people; // [7, 7, 8]
 */
export function stableLabels(
  labels: Int32Array,
  { previous, nextPerson, fixed, rejections = [], minFaces = 1 }: StableLabelsOptions,
): StableLabels {
  const personOf = new Map<number, number>();
  const taken = new Set<number>();
  // A face assigned by a user votes for that person only, regardless of its previous one.
  const had = Int32Array.from(previous, (person, face) => {
    const assigned = fixed?.[face] ?? -1;
    return assigned >= 0 ? assigned : person;
  });
  for (const { face, person } of rejections) if (had[face] === person) had[face] = -1;
  for (const by of fixed ? [fixed, had] : [had]) {
    for (const { cluster, person } of overlaps(labels, by)) {
      if (personOf.has(cluster) || taken.has(person)) continue;
      personOf.set(cluster, person);
      taken.add(person);
    }
  }
  const sizes = new Map<number, number>();
  for (const cluster of labels) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  let next = nextPerson;
  const people = labels.map((cluster) => {
    if (cluster < 0) return -1;
    const known = personOf.get(cluster);
    if (known !== undefined) return known;
    if ((sizes.get(cluster) as number) < minFaces) return -1;
    personOf.set(cluster, next);
    return next++;
  });
  for (const { face, person } of rejections) if (people[face] === person) people[face] = -1;
  for (let face = 0; fixed && face < people.length; face++)
    if ((fixed[face] as number) >= 0) people[face] = fixed[face] as number;
  return { people, nextPerson: next };
}

/** Number of faces that each cluster has in common with each person, largest first. */
function overlaps(labels: Int32Array, people: ArrayLike<number>): Overlap[] {
  const counts = new Map<number, Map<number, number>>();
  for (const [face, cluster] of labels.entries()) {
    const person = people[face] as number;
    if (cluster < 0 || person < 0) continue;
    const own = counts.get(cluster) ?? new Map<number, number>();
    counts.set(cluster, own.set(person, (own.get(person) ?? 0) + 1));
  }
  const all: Overlap[] = [];
  for (const [cluster, own] of counts) for (const [person, faces] of own) all.push({ cluster, person, faces });
  return all.sort((x, y) => y.faces - x.faces || x.person - y.person || x.cluster - y.cluster);
}
