/** Thresholds and probabilities for a model, from faces that it was not trained on. */
import { allPairsRoc } from "../evaluation/distance-histogram.ts";
import { fitProbabilityCurve } from "../evaluation/probability-curve.ts";
import { thresholdAtFar } from "../evaluation/roc.ts";
import { decodeBytes, encodeBytes } from "../metric/byte-code.ts";
import { normalize } from "../metric/distance.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import type { LogisticCurve } from "../schemas/threshold.ts";

/** False accept rates that thresholds are given for, as far down as there are pairs. */
const FARS = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5];

export type Calibration = Pick<EmbeddingManifest, "thresholds"> & {
  readonly probability?: LogisticCurve;
  readonly codeScale: number;
};

/**
 * Distances are taken from byte codes, as they will be compared.
 *
 * @param vectors [n, size] of unit length
 * @param labels [n] who each shows; two people at least, and two faces of one of them
 */
export function calibrate(vectors: Float32Array, size: number, labels: ArrayLike<number>): Calibration {
  // Four standard deviations of a component reach to the last step; a learned embedding's largest components are larger than that.
  const largest = vectors.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const codeScale = Number((Math.max(4 / Math.sqrt(size), Math.min(1, largest)) / 127).toPrecision(4));
  const coded = vectors.slice();
  for (let at = 0; at < coded.length; at += size) {
    const row = coded.subarray(at, at + size);
    row.set(normalize(decodeBytes(encodeBytes(row, codeScale), codeScale)));
  }
  const roc = allPairsRoc(coded, size, labels);
  const round = (value: number): number => Number(value.toFixed(4));
  const fars = FARS.filter((far, i) => i === 0 || far * roc.differentPairs >= 1);
  const curve = fitProbabilityCurve(roc);
  return {
    codeScale,
    thresholds: fars.map((far) => ({ far, distance: round(Math.max(0, thresholdAtFar(roc, far))) })),
    ...(curve && { probability: { midpoint: round(curve.midpoint), slope: round(curve.slope) } }),
  };
}
