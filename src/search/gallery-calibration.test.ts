import { describe, expect, it } from "vitest";
import { seededRandom } from "../metric/seeded-random.ts";
import { calibrateGallery, type GalleryCalibrationOptions } from "./gallery-calibration.ts";
import type { PhotographedFaces } from "./stranger-pairs.ts";

const SIZE = 32;

/** Faces of people on a sphere around a common direction, two or three per photograph; no person twice in one. */
function gallery(photographs: number, common: number, seed: number) {
  const random = seededRandom(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const face = (): Float64Array => {
    const vector = Float64Array.from({ length: SIZE }, (_, k) => gauss() + (k === 0 ? common : 0));
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  };
  const vectors: Float64Array[] = [];
  const where: number[] = [];
  for (let photograph = 0; photograph < photographs; photograph++)
    for (let i = 0; i < 2 + (photograph % 2); i++) {
      vectors.push(face());
      where.push(photograph);
    }
  const distance = (a: number, b: number): number => {
    const [x, y] = [vectors[a] as Float64Array, vectors[b] as Float64Array];
    return 2 - 2 * x.reduce((sum, value, k) => sum + value * (y[k] as number), 0);
  };
  const faces: PhotographedFaces = { photographs: where, groups: where.map(() => -1), distance };
  const far = (threshold: number): number => {
    let [close, all] = [0, 0];
    for (let i = 0; i < vectors.length; i++)
      for (let j = 0; j < i; j++)
        if (where[i] !== where[j]) {
          all++;
          if (distance(i, j) <= threshold) close++;
        }
    return close / all;
  };
  return { faces, far };
}

/** Calibrated on another population: its thresholds accept ten times too many of these. */
const options = (seed: number): GalleryCalibrationOptions => ({
  thresholds: [
    { far: 1e-2, distance: 1.27 },
    { far: 1e-3, distance: 1.05 },
    { far: 1e-4, distance: 0.88 },
  ],
  fars: [1e-2, 1e-3, 1e-4],
  resamples: 100,
  random: seededRandom(seed),
});

describe("calibration of a gallery", () => {
  const { faces, far } = gallery(600, 2.5, 1);
  const figures = calibrateGallery(faces, options(2));

  it("measures what each threshold accepts within photographs, with an interval around it", () => {
    for (const { distance, measuredFar, measuredInterval } of figures.thresholds) {
      let [close, all] = [0, 0];
      for (let a = 0; a < faces.photographs.length; a++)
        for (let b = 0; b < a; b++) {
          if (faces.photographs[a] !== faces.photographs[b]) continue;
          all++;
          if (faces.distance(a, b) <= distance) close++;
        }
      expect(measuredFar).toBeCloseTo(close / all, 9);
      expect(measuredInterval?.low).toBeLessThanOrEqual(close / all);
      expect(measuredInterval?.high).toBeGreaterThanOrEqual(close / all);
    }
    const [{ measuredFar, measuredInterval }] = figures.thresholds as [(typeof figures.thresholds)[number]];
    const [low, high] = [measuredInterval?.low as number, measuredInterval?.high as number];
    // about 1,200 pairs, of which some ten are as close: the deviation of a share of them, twice to each side
    const deviation = Math.sqrt((measuredFar as number) / figures.pairs);
    expect((high - low) / (4 * deviation)).toBeGreaterThan(0.6);
    expect((high - low) / (4 * deviation)).toBeLessThan(1.5);
  });

  it("finds the threshold of a population that the model was not calibrated on", () => {
    const [first] = figures.thresholds;
    expect(first).toMatchObject({ far: 1e-2, basis: "gallery" });
    const measured = far(first?.distance as number);
    expect(measured).toBeGreaterThan(0.005);
    expect(measured).toBeLessThan(0.02);
    const own = far(first?.modelDistance as number);
    expect(own / 1e-2).toSatisfy((ratio: number) => ratio > 2 || ratio < 0.5); // as it would have been
    expect(first?.modelFar).toSatisfy((rate: number) => rate > own / 2 && rate < own * 2);
    expect(first?.interval.low).toBeLessThan(first?.distance as number);
    expect(first?.interval.high).toBeGreaterThan(first?.distance as number);
  });

  it("supports rates as far down as there are pairs, and below is never less strict than the model", () => {
    expect(figures.distinctPairs).toBe(300 + 300 * 3);
    expect(figures.lowestFar).toBeGreaterThanOrEqual(1 / 1200);
    expect(figures.lowestFar).toBeLessThan(1 / 300);
    const rare = figures.thresholds.at(-1);
    expect(rare?.basis).not.toBe("gallery");
    expect(rare?.distance).toBeLessThanOrEqual(rare?.modelDistance as number);
    expect(figures.goodnessOfFit).toBeGreaterThan(0.01);
  });

  it("gives falling thresholds and rates, and rates within their intervals", () => {
    const { thresholds, curve } = figures;
    for (let i = 1; i < thresholds.length; i++)
      expect(thresholds[i]?.distance).toBeLessThan(thresholds[i - 1]?.distance as number);
    for (const [i, { far: rate, low, high }] of curve.entries()) {
      expect(low).toBeLessThanOrEqual(high);
      if (i > 0) expect(rate).toBeLessThan(curve[i - 1]?.far as number);
    }
  });

  it("rejects too few pairs", () => {
    expect(() => calibrateGallery(gallery(20, 1, 3).faces, options(4))).toThrow(/too few/);
  });
});
