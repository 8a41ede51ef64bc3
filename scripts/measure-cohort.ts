/**
 * Measures cohort normalisation with a gallery's own people (adaptive s-norm; Matějka et al. 2017): its effect on the share of
 * same pairs accepted (TAR) at a false match rate, where it harms, and that a threshold depends on the cohort size.
 *
 *     facenet embed --flip --faces central --recursive people/ --output people.jsonl
 *     node scripts/measure-cohort.ts --set population.jsonl --set celeba.jsonl [--output docs/results/cohort.json]
 *
 * Faces are labelled by folder name; doubtful labels are left out. The cohort of a face are the mean faces of the people of a
 * gallery, except the two people of the pair: m(a) is the mean distance to the nearest K of them, s(a) the deviation. Measures
 * `shift`, D - (m(a) + m(b)) / 2, `s-norm`, ((D - m(a)) / s(a) + (D - m(b)) / s(b)) / 2, and `offered`: the shift without labels,
 * as in src/search/cohort.ts, which leaves out people within the plain threshold of 1e-3. Intervals of the difference from the
 * plain distance come from a bootstrap over people, with the same resamples for both.
 */
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { drawPeople } from "../src/evaluation/bootstrap.ts";
import { normalize, squaredL2 } from "../src/metric/distance.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import { quantile } from "../src/metric/statistics.ts";
import { cohortMean, meanFace } from "../src/search/cohort.ts";
import { readFaces } from "./album-calibration.ts";
import type { TrainingFace } from "./training-faces.ts";

const FARS = [1e-2, 1e-3] as const;
const NEAREST = [5, 10, 20] as const;
/** Cohort sizes; smaller sets use all their people. */
const COHORTS = [10, 20, 40, 100, 280] as const;
/** People whose faces are compared, the others being the cohort, and faces of each. */
const [PER_PERSON, STRANGERS, DRAWINGS] = [12, 200_000, 100];
const KIN_LIKE = 0.4;

const { values } = parseArgs({
  options: { set: { type: "string", multiple: true, default: [] }, output: { type: "string" } },
});

/** Pairs of faces with their people. */
type Pairs = { readonly a: number[]; readonly b: number[] };
type Measure = (a: number, b: number) => number;
type Rows = readonly (TrainingFace & { readonly who: number })[];

const rows: object[] = [];
for (const file of values.set) {
  const random = seededRandom(3);
  const all = await readFaces(file);
  const names = [...new Set(all.map(({ person }) => person))].sort();
  const faces: Rows = names.flatMap((name, who) =>
    all
      .filter(({ person }) => person === name)
      .slice(0, PER_PERSON)
      .map((face) => ({ ...face, who })),
  );
  const { same, different } = pairsOf(faces, random);
  const plain: Measure = (a, b) => squaredL2(vectorOf(faces, a), vectorOf(faces, b));
  const base = { set: basename(file, ".jsonl"), people: names.length, faces: faces.length };
  for (const size of COHORTS.filter((people) => people <= names.length)) {
    for (const k of NEAREST.filter((nearest) => nearest <= size / 2)) {
      const cohort = cohortOf(faces, shuffled(names.length, random).slice(0, size));
      const measures = normalised(faces, plain, cohort, k, sorted(faces, different, plain).distances[STRANGERS * 1e-3] as number);
      for (const [name, measure] of Object.entries(measures))
        rows.push({
          ...base,
          cohort: size,
          nearest: k,
          measure: name,
          ...compared(faces, same, different, plain, measure, random),
        });
    }
  }
  rows.push(...moved(faces, different, plain, random).map((row) => ({ ...base, ...row })));
  rows.push(...withKin(faces, random).map((row) => ({ ...base, ...row })));
}
for (const row of rows) console.log(JSON.stringify(row));
if (values.output)
  await writeFile(values.output, `${JSON.stringify({ hardware: cpus()[0]?.model, drawings: DRAWINGS, rows }, null, 1)}\n`);

function vectorOf(faces: Rows, face: number): Float32Array {
  return faces[face]?.vector as Float32Array;
}

function pairsOf(faces: Rows, random: () => number): { same: Pairs; different: Pairs } {
  const same: Pairs = { a: [], b: [] };
  for (const [i, one] of faces.entries())
    for (let j = i + 1; j < faces.length && faces[j]?.who === one.who; j++) {
      same.a.push(i);
      same.b.push(j);
    }
  const different: Pairs = { a: [], b: [] };
  while (different.a.length < STRANGERS) {
    const [a, b] = [Math.floor(random() * faces.length), Math.floor(random() * faces.length)];
    if (faces[a]?.who === faces[b]?.who) continue;
    different.a.push(a);
    different.b.push(b);
  }
  return { same, different };
}

/** Mean faces of a cohort, and [faces] the distances to them, ascending, with their people. */
type Cohort = {
  readonly means: readonly Float32Array[];
  readonly distances: readonly (readonly { readonly who: number; readonly distance: number }[])[];
};

function cohortOf(faces: Rows, people: readonly number[]): Cohort {
  const means = people.map((who) => meanFace(faces.filter((face) => face.who === who).map(({ vector }) => vector)));
  return {
    means,
    distances: faces.map(({ vector }) =>
      means
        .map((mean, i) => ({ who: people[i] as number, distance: squaredL2(vector, mean) }))
        .sort((a, b) => a.distance - b.distance),
    ),
  };
}

/** Distances normalised by the nearest `k` of a cohort, without the people of the pair. */
function normalised(
  faces: Rows,
  plain: Measure,
  { means, distances }: Cohort,
  k: number,
  ownWithin = 0,
): Record<"shift" | "s-norm" | "offered", Measure> {
  const statistics = (a: number, b: number): [number, number] => {
    const [one, other] = [faces[a]?.who, faces[b]?.who];
    let [count, sum, squares] = [0, 0, 0];
    for (const { who, distance } of distances[a] ?? []) {
      if (who === one || who === other) continue;
      sum += distance;
      squares += distance * distance;
      if (++count === k) break;
    }
    return [sum / count, Math.sqrt(Math.max(1e-6, squares / count - (sum / count) ** 2))];
  };
  const own = faces.map(({ vector }) => cohortMean(vector, { means, nearest: k, ownWithin }));
  return {
    shift: (a, b) => plain(a, b) - (statistics(a, b)[0] + statistics(b, a)[0]) / 2,
    "s-norm": (a, b) => {
      const [[ma, sa], [mb, sb]] = [statistics(a, b), statistics(b, a)];
      const d = plain(a, b);
      return ((d - ma) / sa + (d - mb) / sb) / 2;
    },
    offered: (a, b) => plain(a, b) - ((own[a] as number) + (own[b] as number)) / 2,
  };
}

/** Sorted distances of pairs, with the two people of each. */
function sorted(faces: Rows, { a, b }: Pairs, measure: Measure) {
  const distances = a.map((face, i) => measure(face, b[i] as number));
  const order = distances.map((_, i) => i).sort((x, y) => (distances[x] as number) - (distances[y] as number));
  return {
    distances: order.map((i) => distances[i] as number),
    left: order.map((i) => faces[a[i] as number]?.who as number),
    right: order.map((i) => faces[b[i] as number]?.who as number),
  };
}
type Sorted = ReturnType<typeof sorted>;

/** TAR at the threshold for a FAR among the same strangers; person p counts `times[p]` times. */
function tarAt(same: Sorted, different: Sorted, far: number, times: ArrayLike<number>): number {
  const weightOf = ({ left, right }: Sorted, i: number): number => {
    const [p, q] = [left[i] as number, right[i] as number];
    return p === q ? (times[p] as number) : (times[p] as number) * (times[q] as number);
  };
  let all = 0;
  for (let i = 0; i < different.distances.length; i++) all += weightOf(different, i);
  let [accepted, threshold] = [0, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < different.distances.length; i++) {
    accepted += weightOf(different, i);
    if (accepted > far * all) break;
    threshold = different.distances[i] as number;
  }
  let [within, total] = [0, 0];
  for (let i = 0; i < same.distances.length; i++) {
    const weight = weightOf(same, i);
    total += weight;
    if ((same.distances[i] as number) <= threshold) within += weight;
  }
  return within / total;
}

function compared(faces: Rows, same: Pairs, different: Pairs, plain: Measure, measure: Measure, random: () => number) {
  const before = [sorted(faces, same, plain), sorted(faces, different, plain)] as const;
  const after = [sorted(faces, same, measure), sorted(faces, different, measure)] as const;
  const people = 1 + Math.max(...faces.map(({ who }) => who));
  const once = new Array<number>(people).fill(1);
  const drawings = Array.from({ length: DRAWINGS }, () => drawPeople(people, random));
  return {
    rates: FARS.map((far) => {
      const gains = drawings.map((times) => tarAt(...after, far, times) - tarAt(...before, far, times)).sort((a, b) => a - b);
      return {
        far,
        plain: round(tarAt(...before, far, once)),
        normalised: round(tarAt(...after, far, once)),
        gain: [round(quantile(gains, 0.025)), round(quantile(gains, 0.975))],
      };
    }),
  };
}

/** Rate of a threshold for 1e-3, chosen with one cohort size, at other sizes. */
function moved(faces: Rows, different: Pairs, plain: Measure, random: () => number): object[] {
  const people = new Set(faces.map(({ who }) => who)).size;
  const sizes = COHORTS.filter((size) => size <= people);
  const order = shuffled(people, random);
  const far = 1e-3;
  const distances = sizes.map(
    (size) => sorted(faces, different, normalised(faces, plain, cohortOf(faces, order.slice(0, size)), 5).shift).distances,
  );
  return sizes.flatMap((from, i) => {
    const threshold = distances[i]?.[Math.floor(far * STRANGERS)] as number;
    return sizes.map((to, j) => ({
      thresholdOfCohort: from,
      usedWithCohort: to,
      nearest: 5,
      measure: "shift",
      far: round((distances[j]?.filter((distance) => distance <= threshold).length ?? 0) / STRANGERS),
    }));
  });
}

/** Makes every tenth person similar to the next one: the effect on people with kin in the cohort, and on others. */
function withKin(faces: Rows, random: () => number): object[] {
  const people = 1 + Math.max(...faces.map(({ who }) => who));
  const kinOf = new Map<number, number>();
  for (let who = 0; who + 1 < people; who += 10) {
    kinOf.set(who, who + 1);
    kinOf.set(who + 1, who);
  }
  const means = Array.from({ length: people }, (_, who) =>
    meanFace(faces.filter((face) => face.who === who).map(({ vector }) => vector)),
  );
  const mixed = faces.map((face) => {
    const kin = kinOf.get(face.who);
    if (kin === undefined) return face;
    return {
      ...face,
      vector: normalize(face.vector.map((value, k) => value + KIN_LIKE * ((means[kin] as Float32Array)[k] as number))),
    };
  });
  const plain: Measure = (a, b) => squaredL2(vectorOf(mixed, a), vectorOf(mixed, b));
  const { same, different } = pairsOf(mixed, random);
  const ownWithin = sorted(mixed, different, plain).distances[STRANGERS * 1e-3] as number;
  const cohort = cohortOf(mixed, [...means.keys()]);
  const { shift } = normalised(mixed, plain, cohort, 5);
  const { offered } = normalised(mixed, plain, cohort, 20, ownWithin);
  const part = (pairs: Pairs, isWanted: (a: number, b: number) => boolean): Pairs => {
    const kept = pairs.a
      .map((_, i) => i)
      .filter((i) => isWanted(mixed[pairs.a[i] as number]?.who as number, mixed[pairs.b[i] as number]?.who as number));
    return { a: kept.map((i) => pairs.a[i] as number), b: kept.map((i) => pairs.b[i] as number) };
  };
  const far = 1e-3;
  return Object.entries({ plain, shift, offered }).map(([measure, of]) => {
    const threshold = sorted(mixed, different, of).distances[Math.floor(far * STRANGERS)] as number;
    const within = (pairs: Pairs) =>
      round(sorted(mixed, pairs, of).distances.filter((distance) => distance <= threshold).length / pairs.a.length);
    return {
      kin: measure,
      far,
      tarOfThoseWithKin: within(part(same, (a) => kinOf.has(a))),
      tarOfOthers: within(part(same, (a) => !kinOf.has(a))),
      farBetweenKin: within(part(everyPair(mixed), (a, b) => kinOf.get(a) === b)),
    };
  });
}

function everyPair(faces: Rows): Pairs {
  const pairs: Pairs = { a: [], b: [] };
  for (let a = 0; a < faces.length; a++)
    for (let b = a + 1; b < faces.length && (faces[b]?.who as number) <= (faces[a]?.who as number) + 1; b++) {
      pairs.a.push(a);
      pairs.b.push(b);
    }
  return pairs;
}

function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
