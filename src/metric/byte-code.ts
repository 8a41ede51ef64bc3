/** Quantisation of embeddings: one byte per dimension, and half precision for comparison. */

/**
 * Quantises a vector: each value divided by `scale` and rounded, -127 to 127.
 *
 * @param scale step size; fixed for a model, so that codes made at different times are comparable
 * @example
 * import { encodeBytes } from "facenet128/metric";
 * console.log(Array.from(encodeBytes([0.5, -0.25], 0.01))); // [50, -25]
 */
export function encodeBytes(vector: ArrayLike<number>, scale: number): Int8Array {
  const code = new Int8Array(vector.length);
  for (let i = 0; i < code.length; i++) code[i] = Math.max(-127, Math.min(127, Math.round((vector[i] as number) / scale)));
  return code;
}

/**
 * Decodes a code to a vector; its length is close to 1.
 *
 * @example
 * import { decodeBytes } from "facenet128/metric";
 * console.log(Array.from(decodeBytes(Int8Array.of(2, -1), 0.25))); // [0.5, -0.25]
 */
export function decodeBytes(code: Int8Array, scale: number): Float32Array {
  return Float32Array.from(code, (step) => step * scale);
}

const SMALLEST_NORMAL = 2 ** -14;
const SIGNIFICANT_BITS = 11;

/** Rounds to half precision, ties to even. For values of unit vectors only: infinities and overflow are not handled. */
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
