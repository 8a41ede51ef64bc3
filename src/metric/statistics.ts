/** Quantiles and intervals of samples, and the tail of the normal distribution. */

/** Quantile of sorted values by linear interpolation (NumPy's default). */
export function quantile(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(position)] as number, sorted[Math.ceil(position)] as number];
  return low + (high - low) * (position - Math.floor(position));
}

/** Share of samples in an interval. */
const LEVEL = 0.95;

/** Percentile interval of sorted values. */
export function percentileInterval(sorted: readonly number[]): { level: number; low: number; high: number } {
  return { level: LEVEL, low: quantile(sorted, (1 - LEVEL) / 2), high: quantile(sorted, (1 + LEVEL) / 2) };
}

/** Below, the continued fraction of Mills' ratio; above, the power series. */
const TAIL = -2.5;

/** log of P(Z <= z). */
export function logNormalCdf(z: number): number {
  if (z > TAIL) return Math.log(cdfBySeries(z));
  // phi(z) / (x + 1 / (x + 2 / (x + 3 / ...))) with x = -z (Laplace 1805)
  const x = -z;
  let fraction = x;
  for (let k = 60; k >= 1; k--) fraction = x + k / fraction;
  return -0.5 * z * z - 0.5 * Math.log(2 * Math.PI) - Math.log(fraction);
}

/** d/dz of {@link logNormalCdf}. */
export function logNormalCdfSlope(z: number): number {
  return Math.exp(-0.5 * z * z - 0.5 * Math.log(2 * Math.PI) - logNormalCdf(z));
}

/** Inverse of {@link logNormalCdf}, for log probabilities below 0. Newton's method: the function is concave and increasing. */
export function normalQuantileOfLog(logProbability: number): number {
  let z = logProbability < -3 ? -Math.sqrt(-2 * logProbability) : 0;
  for (let step = 0; step < 60; step++) {
    const change = (logProbability - logNormalCdf(z)) / logNormalCdfSlope(z);
    z += Math.max(-1, Math.min(1, change));
    if (Math.abs(change) < 1e-12) break;
  }
  return z;
}

function cdfBySeries(z: number): number {
  if (z > 8) return 1;
  let [term, sum] = [z, z];
  for (let k = 1; k < 200 && Math.abs(term) > 1e-17; k++) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
}
