/**
 * Generalised Pareto distribution of exceedances over a limit (Pickands 1975), fitted by penalised maximum likelihood: a
 * normal prior on log(scale) and on the shape, which data overrule as they grow.
 */

/** P(exceedance > x) = (1 + shape x / scale) ^ (-1 / shape); exponential at shape 0. */
export type GeneralisedPareto = { readonly scale: number; readonly shape: number };

export type ParetoPrior = {
  readonly scale: number;
  /** standard deviation of log(scale) */
  readonly logScaleDeviation: number;
  readonly shape: number;
  readonly shapeDeviation: number;
};

/** For shapes outside, the variance is hardly defined, or the end is so near that the fit is not regular (Smith 1985). */
const [LEAST_SHAPE, LARGEST_SHAPE] = [-0.45, 0.45];
const STEPS = 40;
/** Nearer to zero, the formulas lose precision: the limit is used. */
const EXPONENTIAL = 1e-3;
/** Smaller shapes make no difference, and their inverses overflow. */
const ZERO = 1e-12;

/** @param x 0 or more */
export function survivalAt({ scale, shape }: GeneralisedPareto, x: number): number {
  const t = x / scale;
  if (Math.abs(shape) < ZERO) return Math.exp(-t);
  return shape * t <= -1 ? 0 : Math.exp(-Math.log1p(shape * t) / shape);
}

/** Exceedance with the given survival probability; inverse of `survivalAt`. */
export function exceedanceAt({ scale, shape }: GeneralisedPareto, survival: number): number {
  const log = Math.log(survival);
  return Math.abs(shape) < ZERO ? -scale * log : (scale * Math.expm1(-shape * log)) / shape;
}

/** Log density; -Infinity beyond the end of a bounded distribution. */
export function logDensityAt({ scale, shape }: GeneralisedPareto, x: number): number {
  const t = x / scale;
  if (Math.abs(shape) < ZERO) return -Math.log(scale) - t;
  return shape * t <= -1 ? Number.NEGATIVE_INFINITY : -Math.log(scale) - (1 + 1 / shape) * Math.log1p(shape * t);
}

/**
 * Posterior mode, by Fisher scoring.
 *
 * @param exceedances [n] 0 or more
 * @param weights [n] of each exceedance, as a number of independent observations
 * @param start initial value, for speed: a fit to similar data
 */
export function fitGeneralisedPareto(
  exceedances: ArrayLike<number>,
  weights: Iterable<number> & ArrayLike<number>,
  prior: ParetoPrior,
  start: GeneralisedPareto = prior,
): GeneralisedPareto {
  const [scalePrecision, shapePrecision] = [prior.logScaleDeviation ** -2, prior.shapeDeviation ** -2];
  let total = 0;
  for (const weight of weights) total += weight;
  const objective = ({ scale, shape }: GeneralisedPareto): number => {
    let sum = -0.5 * (scalePrecision * Math.log(scale / prior.scale) ** 2 + shapePrecision * (shape - prior.shape) ** 2);
    for (let i = 0; i < exceedances.length; i++) {
      const weight = weights[i] as number;
      if (weight > 0) sum += weight * logDensityAt({ scale, shape }, exceedances[i] as number);
    }
    return sum;
  };
  let fit: GeneralisedPareto = { scale: start.scale, shape: start.shape };
  let best = objective(fit);
  if (best === Number.NEGATIVE_INFINITY) {
    fit = { scale: prior.scale, shape: Math.max(0, prior.shape) };
    best = objective(fit);
  }
  for (let step = 0; step < STEPS; step++) {
    const { scale, shape } = fit;
    let gradientScale = -scalePrecision * Math.log(scale / prior.scale);
    let gradientShape = -shapePrecision * (shape - prior.shape);
    for (let i = 0; i < exceedances.length; i++) {
      const weight = weights[i] as number;
      if (weight === 0) continue;
      const t = (exceedances[i] as number) / scale;
      const base = 1 + shape * t;
      gradientScale += weight * (((1 + shape) * t) / base - 1);
      gradientShape +=
        weight *
        (Math.abs(shape) < EXPONENTIAL
          ? t * t * 0.5 - t + shape * (t * t - (2 / 3) * t ** 3)
          : Math.log(base) / (shape * shape) - ((1 + 1 / shape) * t) / base);
    }
    // Expected information per observation (Smith 1985), in log(scale) and shape.
    const a = total / (1 + 2 * shape) + scalePrecision;
    const b = total / ((1 + shape) * (1 + 2 * shape));
    const c = (2 * total) / ((1 + shape) * (1 + 2 * shape)) + shapePrecision;
    const determinant = a * c - b * b;
    const stepScale = (c * gradientScale - b * gradientShape) / determinant;
    const stepShape = (a * gradientShape - b * gradientScale) / determinant;
    let [factor, improved] = [1, false];
    for (let attempt = 0; attempt < 20 && !improved; attempt++, factor /= 2) {
      const next = {
        scale: scale * Math.exp(Math.max(-2, Math.min(2, factor * stepScale))),
        shape: Math.max(LEAST_SHAPE, Math.min(LARGEST_SHAPE, shape + factor * stepShape)),
      };
      const value = objective(next);
      if (value >= best) {
        improved = true;
        [fit, best] = [next, value];
      }
    }
    if (!improved || Math.abs(factor * 2 * stepScale) + Math.abs(factor * 2 * stepShape) < 1e-7) break;
  }
  return fit;
}
