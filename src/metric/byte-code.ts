/** One byte a dimension: an embedding of 128 dimensions in 128 bytes (FaceNet, section 5.4: "without loss of accuracy"). */

/**
 * Rounds each value to the nearest multiple of `scale` and keeps the multiple, -127 to 127.
 *
 * @param scale one step; a fixed number of the model, so that codes made at different times compare
 */
export function encodeBytes(vector: ArrayLike<number>, scale: number): Int8Array {
  const code = new Int8Array(vector.length);
  for (let i = 0; i < code.length; i++) code[i] = Math.max(-127, Math.min(127, Math.round((vector[i] as number) / scale)));
  return code;
}

/** The vector that a code stands for; its length is near 1. */
export function decodeBytes(code: Int8Array, scale: number): Float32Array {
  return Float32Array.from(code, (step) => step * scale);
}
