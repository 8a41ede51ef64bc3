/**
 * Round values, evenly apart, from at or below `low` to at or above `high`; two at least.
 *
 * @param about how many
 */
export function niceTicks(low: number, high: number, about: number): number[] {
  const span = high > low ? high - low : Math.abs(low) || 1;
  const rough = span / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
