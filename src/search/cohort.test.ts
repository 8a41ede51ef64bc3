import fc from "fast-check";
import { expect, it } from "vitest";
import { normalize, squaredL2 } from "../metric/distance.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { cohortMean, cohortOffset, meanFace } from "./cohort.ts";
import { calibrateCohort } from "./cohort-calibration.ts";

const unit = fc
  .array(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 })
  .filter((values) => values.some((value) => value !== 0))
  .map((values) => normalize(Float32Array.from(values)));
const cohort = fc.record({
  means: fc.array(unit, { minLength: 1, maxLength: 12 }),
  nearest: fc.integer({ min: 1, max: 14 }),
  ownWithin: fc.double({ min: 0, max: 4, noNaN: true }),
  middle: fc.double({ min: 0, max: 4, noNaN: true }),
});

it("subtracts the mean distances to the nearest other people, like a naive computation", () => {
  fc.assert(
    fc.property(unit, unit, cohort, (a, b, given) => {
      const naive = (face: Float32Array): number => {
        const others: number[] = [];
        for (const mean of given.means) if (squaredL2(face, mean) > given.ownWithin) others.push(squaredL2(face, mean));
        let [sum, count] = [0, 0];
        while (count < given.nearest && others.length > 0) {
          const closest = Math.min(...others);
          others.splice(others.indexOf(closest), 1);
          sum += closest;
          count++;
        }
        return count === 0 ? given.ownWithin : sum / count;
      };
      expect(cohortMean(a, given)).toBeCloseTo(naive(a), 9);
      const normalised = squaredL2(a, b) + cohortOffset(a, given) + cohortOffset(b, given);
      expect(normalised).toBeCloseTo(squaredL2(a, b) - (naive(a) + naive(b)) / 2 + given.middle, 9);
    }),
  );
});

const SIZE = 32;
const random = seededRandom(4);
const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** [people][faces] on a sphere around a common direction. */
function peopleOf(count: number): Float32Array[][] {
  return Array.from({ length: count }, () => {
    const centre = Float32Array.from({ length: SIZE }, (_, k) => gauss() + (k === 0 ? 2.5 : 0));
    return Array.from({ length: 6 }, () => normalize(centre.map((value) => value + 0.4 * gauss())));
  });
}

/** Every photograph shows two people. */
function galleryOf(people: readonly Float32Array[][], count: number) {
  const shown = Array.from({ length: count }, () => {
    const one = Math.floor(random() * people.length);
    return [one, (one + 1 + Math.floor(random() * (people.length - 1))) % people.length] as const;
  }).flat();
  const vectors = shown.map((person) => people[person]?.[Math.floor(6 * random())] as Float32Array);
  const photographs = shown.map((_, i) => i >> 1);
  return {
    photographs,
    vectors,
    groups: shown,
    distance: (a: number, b: number) => squaredL2(vectors[a] as Float32Array, vectors[b] as Float32Array),
  };
}
const options = {
  thresholds: [
    { far: 1e-2, distance: 1.27 },
    { far: 1e-3, distance: 1.05 },
    { far: 1e-4, distance: 0.88 },
  ],
  fars: [1e-1, 1e-2],
  resamples: 100,
  ownWithin: 0.6,
};

it("finds thresholds that keep their rate for strangers of the gallery, with the returned cohort", () => {
  const gallery = galleryOf(peopleOf(300), 600);
  const figures = calibrateCohort(gallery, { ...options, random: seededRandom(1) });
  if (!figures) throw new Error("300 people are a cohort");
  expect(figures.faces).toHaveLength(100);
  expect(figures.nearest).toBe(20);
  for (const own of figures.faces) {
    expect(own.length).toBeGreaterThanOrEqual(2);
    expect(new Set(own.map((face) => gallery.groups[face])).size).toBe(1);
  }
  const means = figures.faces.map((own) => meanFace(own.map((face) => gallery.vectors[face] as Float32Array)));
  const offsets = gallery.vectors.map((vector) => cohortOffset(vector, { ...figures, means }));
  expect(offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length).toBeCloseTo(0, 9);
  const normalised: number[] = [];
  for (let a = 0; a < offsets.length; a += 3)
    for (let b = 0; b < a; b++)
      if (gallery.groups[a] !== gallery.groups[b] && gallery.photographs[a] !== gallery.photographs[b])
        normalised.push(gallery.distance(a, b) + (offsets[a] as number) + (offsets[b] as number));
  for (const { far, distance } of figures.thresholds) {
    const measured = normalised.filter((value) => value <= distance).length / normalised.length;
    expect(measured / far).toBeGreaterThan(0.4);
    expect(measured / far).toBeLessThan(2.5);
  }
  const [limit] = figures.thresholds;
  expect(limit?.basis).toBe("gallery");
});

it("has no cohort if the gallery has fewer than 40 people with two faces", () => {
  const gallery = galleryOf(peopleOf(39), 600);
  expect(calibrateCohort(gallery, { ...options, random: seededRandom(1) })).toBeNull();
});
