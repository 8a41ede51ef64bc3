/**
 * Doubts about the labels of a set of faces, from who is near to whom: a face among another person's, copies of one
 * photograph, one person under two names. They are for a person to look at, not verdicts.
 */

/** Each face with its k nearest, as the clustering's graph has them. */
export type Neighbourhood = {
  readonly k: number;
  /** [n, k] row numbers, nearest first */
  readonly neighbours: Uint32Array;
  /** [n, k] squared L2 */
  readonly distances: Float32Array;
};

export type Mislabelled = {
  readonly face: number;
  /** whom it looks like; null: nobody of the set, and not the rest of its person either */
  readonly looksLike: number | null;
  /** of the nearest face of its own person among its k nearest, squared L2; null if there is none */
  readonly ownDistance: number | null;
  /** of the nearest face of whom it looks like */
  readonly otherDistance: number | null;
};

export type CopyPair = { readonly a: number; readonly b: number; readonly distance: number };

/** Two people, and the share of the faces of each, the smaller of the two, that are near to the other's. */
export type PeoplePair = { readonly a: number; readonly b: number; readonly share: number };

export type LabelDoubts = {
  readonly mislabelled: readonly Mislabelled[];
  readonly copies: readonly CopyPair[];
  readonly onePerson: readonly PeoplePair[];
};

export type LabelDoubtsOptions = {
  /** Faces so close are of one person, squared L2. */
  readonly samePerson: number;
  /** Faces so close are one photograph, squared L2. */
  readonly copy: number;
};

/** From so many of somebody's faces within the threshold a face is said to look like them. */
const WITNESSES = 2;
/** A person needs so many faces before one that none of them is near to is odd. */
const CROWD = 4;
/** Of the faces of each of two people, those whose nearest stranger is the other. */
const ONE_PERSON_SHARE = 0.5;

/** @param person [n] whose face each is said to be, numbers from 0 */
export function labelDoubts(
  person: ArrayLike<number>,
  graph: Neighbourhood,
  { samePerson, copy }: LabelDoubtsOptions,
): LabelDoubts {
  const { k, neighbours, distances } = graph;
  const count = person.length;
  const sizes = new Map<number, number>();
  for (let face = 0; face < count; face++) sizes.set(person[face] as number, (sizes.get(person[face] as number) ?? 0) + 1);
  const mislabelled: Mislabelled[] = [];
  const copies: CopyPair[] = [];
  const towards = new Map<string, number>();
  for (let face = 0; face < count; face++) {
    const own = person[face] as number;
    const nearest = new Map<number, number>();
    const witnesses = new Map<number, number>();
    for (let at = face * k; at < (face + 1) * k; at++) {
      const [other, distance] = [neighbours[at] as number, distances[at] as number];
      const whose = person[other] as number;
      if (distance <= copy && (face < other || !isListed(graph, other, face)))
        copies.push({ a: Math.min(face, other), b: Math.max(face, other), distance });
      if (!nearest.has(whose)) nearest.set(whose, distance);
      if (distance <= samePerson) witnesses.set(whose, (witnesses.get(whose) ?? 0) + 1);
    }
    const stranger = [...witnesses].filter(([whose]) => whose !== own).sort((x, y) => y[1] - x[1])[0];
    if (stranger) towards.set(key(own, stranger[0]), (towards.get(key(own, stranger[0])) ?? 0) + 1);
    if (witnesses.has(own)) continue;
    const ownDistance = nearest.get(own) ?? null;
    const looksLike = stranger && stranger[1] >= Math.min(WITNESSES, sizes.get(stranger[0]) as number) ? stranger[0] : null;
    if (looksLike !== null) mislabelled.push({ face, looksLike, ownDistance, otherDistance: nearest.get(looksLike) ?? null });
    else if ((sizes.get(own) as number) >= CROWD) mislabelled.push({ face, looksLike: null, ownDistance, otherDistance: null });
  }
  return { mislabelled, copies: copies.sort((x, y) => x.distance - y.distance), onePerson: onePersonPairs(towards, sizes) };
}

/** @param towards by two people, how many faces of the first have the second for their nearest stranger within the threshold */
function onePersonPairs(towards: ReadonlyMap<string, number>, sizes: ReadonlyMap<number, number>): PeoplePair[] {
  const shareOf = (a: number, b: number): number => (towards.get(key(a, b)) ?? 0) / (sizes.get(a) as number);
  const pairs: PeoplePair[] = [];
  for (const pair of towards.keys()) {
    const [a, b] = pair.split(" ").map(Number) as [number, number];
    const share = Math.min(shareOf(a, b), shareOf(b, a)); // of either: one wrong image makes no second name
    if (a < b && share >= ONE_PERSON_SHARE) pairs.push({ a, b, share });
  }
  return pairs.sort((x, y) => y.share - x.share || x.a - y.a);
}

function isListed({ k, neighbours }: Neighbourhood, face: number, other: number): boolean {
  return neighbours.subarray(face * k, (face + 1) * k).includes(other);
}

const key = (a: number, b: number): string => `${a} ${b}`;
