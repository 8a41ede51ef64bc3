/** Histograms of all distances between labelled faces, and thresholds and probabilities derived from them. */
import { fitProbabilityCurve } from "../src/evaluation/probability-curve.ts";
import { squaredL2 } from "../src/metric/distance.ts";
import type { TrainingFace } from "./training-faces.ts";

const BINS = 40_000;
const WIDTH = 4 / BINS;

export type Histograms = { readonly same: Float64Array; readonly different: Float64Array };

export function distanceHistograms(faces: readonly TrainingFace[]): Histograms {
  const same = new Float64Array(BINS);
  const different = new Float64Array(BINS);
  for (let i = 0; i < faces.length; i++) {
    const a = faces[i] as TrainingFace;
    for (let j = 0; j < i; j++) {
      const b = faces[j] as TrainingFace;
      const bin = Math.min(BINS - 1, Math.floor(squaredL2(a.vector, b.vector) / WIDTH));
      const target = a.person === b.person ? same : different;
      target[bin] = (target[bin] as number) + 1;
    }
  }
  return { same, different };
}

const total = (histogram: Float64Array): number => histogram.reduce((a, b) => a + b, 0);

/** Largest distance, to 1e-4, below which at most `far` of the different pairs fall. */
export function thresholdAtFar({ different }: Histograms, far: number): number {
  const allowed = far * total(different);
  let accepted = 0;
  for (let bin = 0; bin < BINS; bin++) {
    accepted += different[bin] as number;
    if (accepted > allowed) return bin * WIDTH;
  }
  return 4;
}

/** Share of same pairs below a distance. */
export function valAt({ same }: Histograms, threshold: number): number {
  return total(same.subarray(0, Math.round(threshold / WIDTH))) / total(same);
}

/** P(same | d) as a logistic curve, both kinds weighted equally. */
export function probabilityCurve({ same, different }: Histograms): { midpoint: number; slope: number } {
  const sums = (histogram: Float64Array): Float64Array => {
    let sum = 0;
    return histogram.map((count) => {
      sum += count;
      return sum;
    });
  };
  const curve = fitProbabilityCurve({
    distances: Float64Array.from(same, (_, bin) => (bin + 0.5) * WIDTH),
    trueAccepts: sums(same),
    falseAccepts: sums(different),
    samePairs: total(same),
    differentPairs: total(different),
  });
  if (!curve) throw new RangeError("the distances do not separate same and different pairs");
  return curve;
}
