/** Half precision (IEEE 754 binary16): 11 significant bits, in two bytes. */

const SMALLEST_NORMAL = 2 ** -14;
const SIGNIFICANT_BITS = 11;

/** The nearest half, ties to even. Values of unit vectors need no more: infinities and overflow are left as they are. */
export function roundToHalf(value: number): number {
  const magnitude = Math.abs(value);
  if (!(magnitude > 0) || magnitude > 65_504) return value;
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), Math.log2(SMALLEST_NORMAL));
  const step = 2 ** (exponent - SIGNIFICANT_BITS + 1);
  const scaled = value / step;
  const rounded = Math.round(scaled);
  const isTie = Math.abs(scaled - Math.trunc(scaled)) === 0.5;
  return (isTie && rounded % 2 !== 0 ? rounded - 1 : rounded) * step;
}
