/**
 * Suspected label errors in a set of faces, from nearest neighbours: a face labelled as another person, duplicates of one
 * photograph, one person under two names. They are for manual review.
 */

/** Each face with its k nearest neighbours, from the k-NN graph. */
export type Neighbourhood = {
  readonly k: number;
  /** [n, k] row numbers, nearest first */
  readonly neighbours: Uint32Array;
  /** [n, k] squared L2 */
  readonly distances: Float32Array;
};

export type Mislabelled = {
  readonly face: number;
  /** person it resembles; null: nobody in the set, including its own person */
  readonly looksLike: number | null;
  /** squared L2 to the nearest face of its own person among its k nearest; null if there is none */
  readonly ownDistance: number | null;
  /** squared L2 to the nearest face of the person it resembles */
  readonly otherDistance: number | null;
};

export type CopyPair = { readonly a: number; readonly b: number; readonly distance: number };

/** Two people, and the smaller of the two shares of their faces that are near the other's. */
export type PeoplePair = { readonly a: number; readonly b: number; readonly share: number };

export type LabelDoubts = {
  readonly mislabelled: readonly Mislabelled[];
  readonly copies: readonly CopyPair[];
  readonly onePerson: readonly PeoplePair[];
};

export type LabelDoubtsOptions = {
  /** Squared L2 up to which faces are taken for the same person. */
  readonly samePerson: number;
  /** Squared L2 up to which faces are from the same photograph. */
  readonly copy: number;
};

/** Number of a person's faces within the threshold from which a face is reported to resemble them. */
const WITNESSES = 2;
/** Number of faces of a person from which a face far from all others is reported. */
const CROWD = 4;
/** Share of the faces of each of two people whose nearest other person is the other one. */
const ONE_PERSON_SHARE = 0.5;

/** @param person [n] labelled person of each face, numbered from 0 */
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

/**
 * @param towards by pair of people, number of faces of the first whose nearest other person within the threshold is
 * the second
 */
function onePersonPairs(towards: ReadonlyMap<string, number>, sizes: ReadonlyMap<number, number>): PeoplePair[] {
  const shareOf = (a: number, b: number): number => (towards.get(key(a, b)) ?? 0) / (sizes.get(a) as number);
  const pairs: PeoplePair[] = [];
  for (const pair of towards.keys()) {
    const [a, b] = pair.split(" ").map(Number) as [number, number];
    const share = Math.min(shareOf(a, b), shareOf(b, a)); // the smaller: one wrong image does not make a second name
    if (a < b && share >= ONE_PERSON_SHARE) pairs.push({ a, b, share });
  }
  return pairs.sort((x, y) => y.share - x.share || x.a - y.a);
}

function isListed({ k, neighbours }: Neighbourhood, face: number, other: number): boolean {
  return neighbours.subarray(face * k, (face + 1) * k).includes(other);
}

const key = (a: number, b: number): string => `${a} ${b}`;
