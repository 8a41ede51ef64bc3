/** Distances of all pairs of labelled faces as two histograms, and what follows from them. */
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

/** The largest distance, to 1e-4, below which at most `far` of the pairs of different people fall. */
export function thresholdAtFar({ different }: Histograms, far: number): number {
  const allowed = far * total(different);
  let accepted = 0;
  for (let bin = 0; bin < BINS; bin++) {
    accepted += different[bin] as number;
    if (accepted > allowed) return bin * WIDTH;
  }
  return 4;
}

/** Share of the pairs of one person below a distance. */
export function valAt({ same }: Histograms, threshold: number): number {
  return total(same.subarray(0, Math.round(threshold / WIDTH))) / total(same);
}

/**
 * P(same | d) = 1 / (1 + exp(slope (d - midpoint))) with both kinds weighted alike: logistic regression by
 * Newton's method on the histograms.
 */
export function probabilityCurve({ same, different }: Histograms): { midpoint: number; slope: number } {
  const [n, m] = [total(same), total(different)];
  let [a, b] = [0, 0]; // logit = a + b (d - 1.4)
  for (let step = 0; step < 50; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-9, 0, 1e-9];
    for (let bin = 0; bin < BINS; bin++) {
      const d = (bin + 0.5) * WIDTH - 1.4;
      const [s, t] = [(same[bin] as number) / n, (different[bin] as number) / m];
      if (s + t === 0) continue;
      const p = 1 / (1 + Math.exp(-(a + b * d)));
      const residual = s - (s + t) * p;
      const weight = (s + t) * p * (1 - p);
      ga += residual;
      gb += residual * d;
      haa += weight;
      hab += weight * d;
      hbb += weight * d * d;
    }
    const determinant = haa * hbb - hab * hab;
    a += (hbb * ga - hab * gb) / determinant;
    b += (haa * gb - hab * ga) / determinant;
  }
  return { midpoint: 1.4 - a / b, slope: -b };
}
