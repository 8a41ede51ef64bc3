/** Derivatives by central differences, the naive reference for gradients. */

/**
 * @param f a smooth function of the values, computed in float64
 * @returns df / dx at `values`, accurate to about 1e-9 for values near 1
 */
export function numericalGradient(f: (x: Float64Array) => number, values: ArrayLike<number>): Float64Array {
  const step = 1e-5;
  const x = Float64Array.from(values);
  return x.map((value, i) => {
    const at = (moved: number): number => f(x.with(i, moved));
    return (at(value + step) - at(value - step)) / (2 * step);
  });
}
