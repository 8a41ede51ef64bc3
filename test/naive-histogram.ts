/** Reference implementation of the histogram of distances. */
import { BINS, binOf } from "../src/evaluation/distance-histogram.ts";

/** [BINS] counts of distances. */
export function computeDistanceHistogram(distances: Iterable<number>): Float64Array {
  const counts = new Float64Array(BINS);
  for (const distance of distances) {
    const bin = binOf(distance);
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}
