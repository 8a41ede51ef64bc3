/** Verification: from a distance to a decision, with the model's calibration. */
import { FaceNetError } from "../errors.ts";
import { codeDistance, probabilityAt, squaredL2 } from "../metric/distance.ts";
import type { Embedding } from "../schemas/face.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";

/**
 * Distance as the model's manifest defines it: between byte codes or float vectors.
 *
 * @throws FaceNetError EMBEDDINGS_INCOMPATIBLE for embeddings of different models
 */
export function embeddingDistance(a: Embedding, b: Embedding, { compared }: EmbeddingManifest["embedding"]): number {
  if (a.model !== b.model) throw new FaceNetError("EMBEDDINGS_INCOMPATIBLE", { left: a.model, right: b.model });
  return compared === "bytes" ? codeDistance(a.code, b.code) : squaredL2(a.vector, b.vector);
}

/** Default for verification and identification. */
export const DEFAULT_FMR = 1e-3;
/** Default for joining clusters: each join compares many pairs. */
export const JOIN_FMR = 1e-4;

/**
 * Target false match rate, under either of its names.
 *
 * @throws FaceNetError OPTION_INVALID if both names are given with different rates
 */
export function wantedRate(
  { fmr, far }: { readonly fmr?: number | undefined; readonly far?: number | undefined },
  standard: number = DEFAULT_FMR,
): number {
  if (fmr !== undefined && far !== undefined && fmr !== far)
    throw new FaceNetError("OPTION_INVALID", { option: "far", reason: `is an alias of fmr; got ${far} and ${fmr}` });
  return fmr ?? far ?? standard;
}

/**
 * Threshold for a target false match rate: as measured if the manifest lists it, between two listed rates
 * interpolated over the logarithm of the rate.
 *
 * @throws FaceNetError OPTION_INVALID for a rate outside the measured ones
 */
export function thresholdForFar({ thresholds }: Pick<EmbeddingManifest, "thresholds">, far: number): number {
  const sorted = [...thresholds].sort((a, b) => a.far - b.far);
  const exact = sorted.find((threshold) => Math.abs(threshold.far / far - 1) < 1e-9);
  if (exact) return exact.distance;
  const above = sorted.findIndex((threshold) => threshold.far > far);
  const [low, high] = [sorted[above - 1], sorted[above]];
  if (!low || !high) {
    const range = `${sorted[0]?.far} to ${sorted.at(-1)?.far}`;
    throw new FaceNetError("OPTION_INVALID", {
      option: "fmr",
      reason: `must be within the measured rates, ${range}; got ${far}`,
    });
  }
  const share = Math.log(far / low.far) / Math.log(high.far / low.far);
  return low.distance + share * (high.distance - low.distance);
}

/** False match rate at the threshold `distance`, clamped to the measured rates. */
export function farAtDistance({ thresholds }: EmbeddingManifest, distance: number): number {
  const sorted = [...thresholds].sort((a, b) => a.distance - b.distance);
  const above = sorted.findIndex((threshold) => threshold.distance >= distance);
  if (above === 0) return (sorted[0] as { far: number }).far;
  const [low, high] = [sorted[above - 1], sorted[above]];
  if (!low || !high) return (sorted.at(-1) as { far: number }).far;
  const share = (distance - low.distance) / (high.distance - low.distance);
  return Math.exp(Math.log(low.far) + share * Math.log(high.far / low.far));
}

/** Threshold of a decision and its false match rate. */
export function decisionOf(
  model: EmbeddingManifest,
  {
    threshold,
    ...rates
  }: { readonly fmr?: number | undefined; readonly far?: number | undefined; readonly threshold?: number | undefined },
): { readonly threshold: number; readonly falseAcceptRate: number } {
  const rate = wantedRate(rates);
  if (threshold !== undefined) return { threshold, falseAcceptRate: farAtDistance(model, threshold) };
  return { threshold: thresholdForFar(model, rate), falseAcceptRate: rate };
}

/** P(same person) for equal priors of genuine and impostor pairs; undefined for a model without a curve. */
export function probabilityOfSame({ probability }: EmbeddingManifest, distance: number): number | undefined {
  return probability && probabilityAt(probability, distance);
}
