/**
 * Open-set identification: a gallery of known people, probes of the same people, and strangers who are not enrolled.
 *
 *     DIR(d)  = probes whose own person is nearest and at D <= d, over probes         (detection and identification rate)
 *     FPIR(d) = strangers whose nearest person is at D <= d, over strangers           (false positive identification rate)
 *     CMC(r)  = probes whose own person is among the r nearest, at any distance
 *
 * (Phillips, Grother and Micheals, "Evaluation methods in face recognition"; ISO/IEC 19795-1.)
 */
import { rowDistance } from "../metric/embedding-matrix.ts";
import { percentileInterval } from "../metric/statistics.ts";
import type { IdentificationEvaluation } from "../schemas/evaluation.ts";
import type { BootstrapInterval, BootstrapOptions } from "./bootstrap.ts";
import { drawPeople } from "./bootstrap.ts";
import type { FaceSet } from "./face-set.ts";
import { facesByPerson } from "./people-folds.ts";

/** Enrolled faces, probes and strangers: indices in a set of faces. */
export type OpenSet = {
  readonly enrolled: readonly number[];
  readonly probes: readonly number[];
  readonly strangers: readonly number[];
};

/** Result of one search. */
type LookUp = {
  readonly person: number;
  /** Squared L2 to the nearest person. */
  readonly nearest: number;
  /** Rank of the probe's own person, from 1; 0 for a stranger. */
  readonly rank: number;
};

export type IdentificationFigures = Pick<
  IdentificationEvaluation,
  "enrolled" | "probes" | "strangers" | "rates" | "curve" | "cmc"
>;

const CMC_RANKS = [1, 2, 3, 5, 10, 20, 50, 100];
/** Maximum number of points of a curve; few strangers give fewer. */
const CURVE_POINTS = 200;

/**
 * People with several faces are enrolled with one and searched with the rest; people with one face are strangers.
 *
 * @param random selects the enrolled face; undefined: the first
 * @throws RangeError if there is nobody to enrol, or no stranger
 */
export function openSetOf({ person, people }: Pick<FaceSet, "person" | "people">, random?: () => number): OpenSet {
  const open = { enrolled: [] as number[], probes: [] as number[], strangers: [] as number[] };
  for (const faces of facesByPerson(person, people.length)) {
    if (faces.length === 1) open.strangers.push(faces[0] as number);
    if (faces.length < 2) continue;
    const chosen = random ? Math.floor(random() * faces.length) : 0;
    for (const [i, face] of faces.entries()) (i === chosen ? open.enrolled : open.probes).push(face);
  }
  if (open.enrolled.length === 0) throw new RangeError("no person has two faces, one to enrol and one to search for");
  if (open.strangers.length === 0) throw new RangeError("every person has several faces: there are no strangers");
  return open;
}

/**
 * @param thresholds chosen on other people, for target false positive identification rates
 * @param fpirs target rates for which thresholds are also chosen on these strangers
 */
export function identify(
  faces: FaceSet,
  { enrolled, probes, strangers }: OpenSet,
  {
    thresholds,
    fpirs,
    bootstrap,
  }: {
    readonly thresholds: readonly { readonly fpir: number; readonly distance: number }[];
    readonly fpirs: readonly number[];
    readonly bootstrap: BootstrapOptions;
  },
): IdentificationFigures {
  const known = probes.map((face) => lookUp(faces, face, enrolled));
  const unknown = strangers.map((face) => lookUp(faces, face, enrolled));
  const unknownSorted = Float64Array.from(unknown, ({ nearest }) => nearest).sort();
  const hits = Float64Array.from(
    known.filter(({ rank }) => rank === 1),
    ({ nearest }) => nearest,
  ).sort();
  const wanted = [
    ...thresholds.map(({ fpir, distance }) => ({ fpir, threshold: distance, thresholdFrom: "calibration" as const })),
    ...fpirs.map((fpir) => ({ fpir, threshold: thresholdAtFpir(unknownSorted, fpir), thresholdFrom: "strangers" as const })),
  ];
  return {
    enrolled: enrolled.length,
    probes: probes.length,
    strangers: strangers.length,
    rates: wanted.map((row) => ({ ...row, ...ratesAt(row.threshold, known, unknown, faces.people.length, bootstrap) })),
    curve: curveOf(unknownSorted, hits, probes.length),
    cmc: CMC_RANKS.filter((rank) => rank <= enrolled.length).map((rank) => ({
      rank,
      rate: known.filter((probe) => probe.rank <= rank).length / known.length,
    })),
  };
}

function lookUp({ embeddings, person }: FaceSet, face: number, enrolled: readonly number[]): LookUp {
  let nearest = Number.POSITIVE_INFINITY;
  let own = Number.POSITIVE_INFINITY;
  const distances = new Float64Array(enrolled.length);
  for (const [i, other] of enrolled.entries()) {
    const distance = rowDistance(embeddings, face, other);
    distances[i] = distance;
    nearest = Math.min(nearest, distance);
    if (person[other] === person[face]) own = distance;
  }
  // with ties, the own person ranks last, so that luck does not count
  const rank = own === Number.POSITIVE_INFINITY ? 0 : distances.reduce((count, distance) => count + (distance <= own ? 1 : 0), 0);
  return { person: person[face] as number, nearest, rank };
}

/** Largest threshold, just below the first stranger too many, with at most the target share of strangers within. */
function thresholdAtFpir(sorted: Float64Array, fpir: number): number {
  const allowed = Math.floor(fpir * sorted.length + 1e-9);
  const first = sorted[allowed];
  if (first === undefined) return sorted.at(-1) as number;
  let last = allowed - 1;
  while (last >= 0 && sorted[last] === first) last--;
  return last >= 0 ? (sorted[last] as number) : 0;
}

function ratesAt(
  threshold: number,
  known: readonly LookUp[],
  unknown: readonly LookUp[],
  people: number,
  bootstrap: BootstrapOptions,
) {
  const isFound = ({ rank, nearest }: LookUp): boolean => rank === 1 && nearest <= threshold;
  const isWrong = ({ rank, nearest }: LookUp): boolean => rank !== 1 && nearest <= threshold;
  const share = (list: readonly LookUp[], condition: (look: LookUp) => boolean): number =>
    list.filter(condition).length / list.length;
  return {
    dir: share(known, isFound),
    dirInterval: shareInterval(known, isFound, people, bootstrap),
    measuredFpir: share(unknown, isWrong),
    fpirInterval: shareInterval(unknown, isWrong, people, bootstrap),
    wrongPerson: share(known, isWrong),
  };
}

/** Interval of a share of searches, by a bootstrap over people. */
function shareInterval(
  list: readonly LookUp[],
  condition: (look: LookUp) => boolean,
  people: number,
  { resamples, random }: BootstrapOptions,
): BootstrapInterval | null {
  const all = new Float64Array(people);
  const good = new Float64Array(people);
  for (const look of list) {
    all[look.person] = (all[look.person] as number) + 1;
    if (condition(look)) good[look.person] = (good[look.person] as number) + 1;
  }
  const values: number[] = [];
  for (let i = 0; i < resamples; i++) {
    const times = drawPeople(people, random);
    const total = times.reduce((sum, count, person) => sum + count * (all[person] as number), 0);
    if (total > 0) values.push(times.reduce((sum, count, person) => sum + count * (good[person] as number), 0) / total);
  }
  return values.length === 0 ? null : percentileInterval(values.sort((a, b) => a - b));
}

function curveOf(strangers: Float64Array, hits: Float64Array, probes: number): IdentificationFigures["curve"] {
  const ranks = new Set<number>();
  for (let i = 0; i <= CURVE_POINTS; i++) ranks.add(Math.round(strangers.length ** (i / CURVE_POINTS)));
  return [...ranks]
    .filter((count) => count < strangers.length)
    .map((count) => {
      const threshold = thresholdAtFpir(strangers, count / strangers.length);
      const within = (sorted: Float64Array): number => sorted.filter((distance) => distance <= threshold).length;
      return { fpir: within(strangers) / strangers.length, dir: within(hits) / probes, threshold };
    });
}
