import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { squaredL2 } from "../metric/distance.ts";
import { createEmbeddingMatrix } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { quantile } from "../metric/statistics.ts";
import { drawPeople } from "./bootstrap.ts";
import { DISCARDED, errorVersusDiscard, type JudgedPair, judgeSamePairs } from "./error-versus-discard.ts";
import type { FaceSet } from "./face-set.ts";
import { pairListOf } from "./verification.ts";

const PEOPLE = 5;
const FACES = 12;
const bootstrap = () => ({ resamples: 60, random: seededRandom(2) });

const input = fc.record({
  pairs: fc.array(
    fc.record({
      person: fc.nat(PEOPLE - 1),
      left: fc.nat(FACES - 1),
      right: fc.nat(FACES - 1),
      rejected: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  ),
  /** few values, so that many are equal */
  quality: fc.array(fc.nat(4), { minLength: FACES, maxLength: FACES }),
});

/** FRR by leaving out pairs one by one; equals are left out in every order and the means taken. */
function naiveFrr(pairs: readonly JudgedPair[], worse: readonly number[], share: number, times: ArrayLike<number>): number {
  const order = pairs.map((_, i) => i).sort((a, b) => (worse[a] as number) - (worse[b] as number));
  const discarded = Math.round(share * pairs.length);
  const limit = worse[order[Math.min(discarded, pairs.length - 1)] as number];
  const tied = order.filter((i) => worse[i] === limit);
  const fromTied = discarded - order.filter((i) => (worse[i] as number) < (limit as number)).length;
  let [kept, rejected] = [0, 0];
  // each rotation of the equals leaves each of them out equally often
  for (let turn = 0; turn < tied.length; turn++) {
    const out = new Set(Array.from({ length: fromTied }, (_, k) => tied[(turn + k) % tied.length]));
    for (const [i, pair] of pairs.entries()) {
      if ((worse[i] as number) < (limit as number) || out.has(i)) continue;
      kept += times[pair.person] as number;
      if (pair.rejected) rejected += times[pair.person] as number;
    }
  }
  return rejected / kept;
}

describe("errorVersusDiscard", () => {
  it("equals discarding pair by pair, with intervals from reweighting people in every resample", () => {
    fc.assert(
      fc.property(input, ({ pairs, quality }) => {
        const acceptable = quality.map((value) => value >= 2);
        const result = errorVersusDiscard(pairs, { measures: { quality }, acceptable, people: PEOPLE, bootstrap: bootstrap() });
        const worse = pairs.map(({ left, right }) => Math.min(quality[left] as number, quality[right] as number));
        const random = seededRandom(2);
        const drawings = Array.from({ length: 60 }, () => drawPeople(PEOPLE, random));
        for (const { discarded, frr, interval } of result.measures[0]?.points ?? []) {
          expect(frr).toBeCloseTo(naiveFrr(pairs, worse, discarded, new Array(PEOPLE).fill(1)), 9);
          const drawn = drawings.map((times) => naiveFrr(pairs, worse, discarded, times)).filter((rate) => !Number.isNaN(rate));
          if (drawn.length < 57) expect(interval).toBeNull();
          else
            expect(interval?.high).toBeCloseTo(
              quantile(
                drawn.sort((a, b) => a - b),
                0.975,
              ),
              9,
            );
        }
        const good = pairs.filter((_, i) => (worse[i] as number) >= 2);
        const poor = pairs.filter((_, i) => (worse[i] as number) < 2);
        const share = (some: readonly JudgedPair[]) =>
          some.length === 0 ? null : some.filter(({ rejected }) => rejected).length / some.length;
        expect(result.acceptable.discarded).toBeCloseTo(poor.length / pairs.length, 9);
        expect(result.acceptable.frr ?? -1).toBeCloseTo(share(good) ?? -1, 9);
        expect(result.acceptable.frrOfDiscarded ?? -1).toBeCloseTo(share(poor) ?? -1, 9);
      }),
    );
  });

  it("falls for an informative measure, and stays level for an uninformative one", () => {
    const random = seededRandom(5);
    const pairs = Array.from({ length: 2000 }, (_, i) => ({ person: i % 50, left: i, right: i, rejected: random() < 0.1 }));
    const knowing = pairs.map(({ rejected }) => (rejected ? 0 : 1));
    const ignorant = pairs.map(() => random());
    const { measures } = errorVersusDiscard(pairs, {
      measures: { knowing, ignorant },
      acceptable: pairs.map(() => true),
      people: 50,
      bootstrap: { resamples: 0, random },
    });
    const [known, unknown] = measures.map(({ points }) => points.map(({ frr }) => frr as number));
    expect(known?.at(-1)).toBe(0);
    expect(unknown?.at(-1)).toBeGreaterThan(0.07);
    expect(measures[0]?.points.map(({ discarded }) => discarded)).toEqual([...DISCARDED]);
  });
});

describe("judgeSamePairs", () => {
  const random = seededRandom(1);
  const vectors = Array.from({ length: 9 }, () => Float32Array.from({ length: 3 }, () => random()));
  const person = Uint32Array.from([0, 0, 0, 1, 1, 2, 2, 2, 2]);
  const faces: FaceSet = {
    images: vectors.map((_, i) => `${i}.jpg`),
    boxes: vectors.map(() => null),
    people: ["a", "b", "c"],
    person,
    embeddings: createEmbeddingMatrix(vectors, "floats"),
  };
  const key = ({ left, right, rejected }: JudgedPair) => `${Math.min(left, right)} ${Math.max(left, right)} ${rejected}`;
  const naive = vectors.flatMap((a, i) =>
    vectors.flatMap((b, j) => (j < i && person[i] === person[j] ? [`${j} ${i} ${squaredL2(a, b) > 0.2}`] : [])),
  );

  it("judges all same pairs, or those of a list", () => {
    expect(judgeSamePairs(faces, null, 0.2).map(key).sort()).toEqual(naive.sort());
    const list = pairListOf([
      [0, 1, 1],
      [0, 3, 1],
      [8, 5, 1],
    ]);
    expect(judgeSamePairs(faces, list, 0.2).map(({ left, right }) => [left, right])).toEqual([
      [0, 1],
      [8, 5],
    ]);
    expect(judgeSamePairs(faces, list, 0.2, () => 3).every(({ rejected }) => rejected)).toBe(true);
  });
});
