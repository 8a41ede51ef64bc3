/**
 * Cohort normalisation: a distance less the mean distance of both faces to their nearest other people (the shift of adaptive
 * s-norm, Matějka et al. 2017; dividing by the deviation gives less, docs/decisions/0020-cohort-normalisation.md).
 *
 * The cohort is a fixed set of people, so a threshold keeps its rate while a gallery grows. A face's own person is left out by
 * distance, not by name: an offset then belongs to a face alone, and that of an unknown face is known.
 */
import { normalize, squaredL2 } from "../metric/distance.ts";

export type Cohort = {
  /** mean face of each person, unit length */
  readonly means: readonly Float32Array[];
  /** number of nearest people averaged */
  readonly nearest: number;
  /** squared L2; people within it are taken for the face's own */
  readonly ownWithin: number;
  /** mean over the gallery's faces, added back: normalised distances stay in the range of plain ones */
  readonly middle: number;
};

/** Mean squared L2 to the nearest people of a cohort other than the face's own. @param vector unit length */
export function cohortMean(vector: Float32Array, { means, nearest, ownWithin }: Omit<Cohort, "middle">): number {
  const others = means.map((mean) => squaredL2(vector, mean)).filter((distance) => distance > ownWithin);
  const closest = others.sort((a, b) => a - b).slice(0, nearest);
  // all of the cohort as close as one person: as close as that
  return closest.length === 0 ? ownWithin : closest.reduce((sum, distance) => sum + distance, 0) / closest.length;
}

/** Half of what normalisation adds to a distance: normalised is squared L2 + offset(a) + offset(b). */
export function cohortOffset(vector: Float32Array, cohort: Cohort): number {
  return (cohort.middle - cohortMean(vector, cohort)) / 2;
}

/** Mean of a person's faces, unit length. */
export function meanFace(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) for (let k = 0; k < sum.length; k++) sum[k] = (sum[k] as number) + (vector[k] as number);
  return normalize(sum);
}
