/**
 * Impostor pairs of a gallery without labels: two faces in one photograph are two people. Exceptions (mirrors, posters)
 * are recognised and left out, and repeated pairs count once.
 */

/** Faces to draw pairs from: good quality only. Parallel arrays. */
export type PhotographedFaces = {
  /** [n] photograph of each face */
  readonly photographs: ArrayLike<number>;
  /** [n] person of each face, -1 for none; from clustering, a user, or both */
  readonly groups: ArrayLike<number>;
  /** Squared L2 of two faces, by index. */
  readonly distance: (a: number, b: number) => number;
};

/** Pairs of faces. Parallel arrays. */
export type PairSample = {
  /** squared L2, ascending */
  readonly distances: Float64Array;
  readonly weights: Float64Array;
  /** photograph of each face */
  readonly left: Float64Array;
  readonly right: Float64Array;
};

export type StrangerPairs = {
  /** two faces of one photograph; each two people count once, however many photographs show them together */
  readonly within: PairSample;
  /**
   * Two faces of two photographs, of people whom a third photograph shows together: impostor pairs just as surely, and
   * under different
   * lighting. Each two people count once.
   */
  readonly apart: PairSample;
  /** those of `within` whose people have no pair in `apart` */
  readonly onlyWithin: PairSample;
  /** photographs with a pair */
  readonly photographs: number;
  /** distinct pairs of people: the sum of the weights of `within` */
  readonly distinct: number;
  readonly leftOut: LeftOut;
};

/** Excluded pairs of faces in one photograph, by reason. */
export type LeftOut = {
  /** two faces of one cluster */
  readonly sameGroup: number;
  /** photographs of photographs: contact sheets, collages, mirrors, screenshots */
  readonly contactSheets: number;
  /** two people hardly ever seen apart: probably relatives, so not a random impostor pair */
  readonly companions: number;
};

export type StrangerPairsOptions = {
  /** Distance up to which two faces of a photograph may be the same person; see `CONTACT_SHEET`. */
  readonly suspectedUpTo: number;
  readonly random: () => number;
};

/** A photograph with two such pairs, and at least this share of all its pairs, shows some people twice. */
const CONTACT_SHEET = 0.05;
/** Companions appear together in at least this many photographs, and this many times more often than by chance. */
const [TOGETHER, LIFT] = [3, 5];
/** If most pairs are companions, they are the gallery's population: they are kept. */
const MOST_COMPANIONS = 0.5;
/** Number of pairs drawn across photographs: in total, approximately, and minimum and maximum for two people. */
const [APART_DRAWS, LEAST_DRAWS, MOST_DRAWS] = [30_000, 2, 30];

type Pair = { readonly left: number; readonly right: number; readonly distance: number };

export function findStrangerPairs(faces: PhotographedFaces, { suspectedUpTo, random }: StrangerPairsOptions): StrangerPairs {
  const { photographs, groups, distance } = faces;
  const facesOf = new Map<number, number[]>();
  for (let face = 0; face < photographs.length; face++) {
    const photograph = photographs[face] as number;
    const own = facesOf.get(photograph);
    if (own) own.push(face);
    else facesOf.set(photograph, [face]);
  }
  const leftOut = { sameGroup: 0, contactSheets: 0, companions: 0 };
  const kept: Pair[][] = [];
  for (const own of facesOf.values()) {
    if (own.length < 2) continue;
    const pairs: Pair[] = [];
    let twice = 0;
    for (let j = 1; j < own.length; j++)
      for (let i = 0; i < j; i++) {
        const [left, right] = [own[i] as number, own[j] as number];
        if ((groups[left] as number) >= 0 && groups[left] === groups[right]) twice++;
        else pairs.push({ left, right, distance: distance(left, right) });
      }
    leftOut.sameGroup += twice;
    const suspected = twice + pairs.filter((pair) => pair.distance <= suspectedUpTo).length;
    if (suspected >= 2 && suspected >= CONTACT_SHEET * (twice + pairs.length)) leftOut.contactSheets += pairs.length;
    else if (pairs.length > 0) kept.push(pairs);
  }
  const { keyOf, together, isCompanions } = countTogether(kept, groups);
  const companions = kept.flat().filter(isCompanions);
  const distinctOf = (pairs: readonly Pair[]) => pairs.reduce((sum, pair) => sum + 1 / together(pair), 0);
  const all = distinctOf(kept.flat());
  const mayLeave = all - distinctOf(companions) >= (1 - MOST_COMPANIONS) * all;
  if (mayLeave) leftOut.companions = companions.length;
  const chosen = kept
    .map((pairs) => (mayLeave ? pairs.filter((pair) => !isCompanions(pair)) : pairs))
    .filter((pairs) => pairs.length > 0);
  const flat = chosen.flat();
  const photographOf = (face: number): number => photographs[face] as number;
  const apart: WeightedPair[] = [];
  const onlyWithin: WeightedPair[] = [];
  const facesOfGroup = facesByGroup(groups);
  const done = new Set<string>();
  const draws = Math.min(MOST_DRAWS, Math.max(LEAST_DRAWS, Math.round(APART_DRAWS / new Set(flat.map(keyOf)).size)));
  const within = flat.map((pair) => ({ ...pair, weight: 1 / together(pair) }));
  for (const pair of within) {
    const key = keyOf(pair);
    if (key === undefined) {
      onlyWithin.push(pair);
      continue;
    }
    if (done.has(key)) continue;
    done.add(key);
    const drawn = drawApart(
      facesOfGroup.get(groups[pair.left] as number) ?? [],
      facesOfGroup.get(groups[pair.right] as number) ?? [],
    );
    for (const [left, right] of drawn) apart.push({ left, right, distance: distance(left, right), weight: 1 / drawn.length });
    if (drawn.length === 0) onlyWithin.push({ ...pair, weight: 1 });
  }
  const sampleOf = (pairs: WeightedPair[]) => sorted(pairs, photographOf);
  return {
    within: sampleOf(within),
    apart: sampleOf(apart),
    onlyWithin: sampleOf(onlyWithin),
    photographs: chosen.length,
    distinct: distinctOf(flat),
    leftOut,
  };

  /** Some faces of two people in two photographs. */
  function drawApart(ofOne: readonly number[], ofOther: readonly number[]): [number, number][] {
    const drawn: [number, number][] = [];
    for (let attempt = 0; attempt < 2 * draws && drawn.length < draws; attempt++) {
      const a = ofOne[Math.floor(random() * ofOne.length)] as number;
      const b = ofOther[Math.floor(random() * ofOther.length)] as number;
      if (photographs[a] !== photographs[b]) drawn.push([a, b]);
    }
    return drawn;
  }
}

type WeightedPair = Pair & { readonly weight: number };

function sorted(pairs: WeightedPair[], photographOf: (face: number) => number): PairSample {
  pairs.sort((a, b) => a.distance - b.distance);
  return {
    distances: Float64Array.from(pairs, (pair) => pair.distance),
    weights: Float64Array.from(pairs, (pair) => pair.weight),
    left: Float64Array.from(pairs, (pair) => photographOf(pair.left)),
    right: Float64Array.from(pairs, (pair) => photographOf(pair.right)),
  };
}

function facesByGroup(groups: ArrayLike<number>): Map<number, number[]> {
  const faces = new Map<number, number[]>();
  for (let face = 0; face < groups.length; face++) {
    const own = faces.get(groups[face] as number);
    if (own) own.push(face);
    else faces.set(groups[face] as number, [face]);
  }
  return faces;
}

/** How often two people appear together, and whether that is far more often than by chance. */
function countTogether(photographs: readonly (readonly Pair[])[], groups: ArrayLike<number>) {
  const pairCounts = new Map<string, number>();
  const seen = new Map<number, number>();
  const keyOf = ({ left, right }: Pair): string | undefined => {
    const [a, b] = [groups[left] as number, groups[right] as number];
    if (a < 0 || b < 0) return undefined;
    return a < b ? `${a} ${b}` : `${b} ${a}`;
  };
  for (const pairs of photographs) {
    for (const pair of pairs) {
      const key = keyOf(pair);
      if (key !== undefined) pairCounts.set(key, (pairCounts.get(key) ?? 0) + 1);
    }
    const people = new Set(pairs.flatMap(({ left, right }) => [groups[left] as number, groups[right] as number]));
    for (const person of people) seen.set(person, (seen.get(person) ?? 0) + 1);
  }
  const together = (pair: Pair): number => pairCounts.get(keyOf(pair) ?? "") ?? 1;
  const isCompanions = (pair: Pair): boolean => {
    const times = together(pair);
    if (times < TOGETHER) return false;
    const [a, b] = [groups[pair.left] as number, groups[pair.right] as number];
    const byChance = ((seen.get(a) as number) * (seen.get(b) as number)) / photographs.length;
    return times >= LIFT * byChance;
  };
  return { keyOf, together, isCompanions };
}
