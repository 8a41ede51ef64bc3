/** Codes of uniformly distributed directions: the hardest to search, because no neighbour is much nearer than the next. */
import { encodeBytes } from "../src/metric/byte-code.ts";
import { normalize } from "../src/metric/distance.ts";

/** Scale of the 128-dimensional embedding. */
const SCALE = 0.35 / 127;

/** Generates codes deterministically. */
export function createRandomCodes(dimensions: number): (count: number) => Int8Array {
  let state = 1;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0; // Mulberry32
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), 61 | bits);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = Float32Array.from({ length: 2 ** 16 }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  });
  const vector = new Float32Array(dimensions);
  return (count) => {
    const codes = new Int8Array(count * dimensions);
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < dimensions; i++) vector[i] = normal[Math.floor(uniform() * normal.length)] as number;
      codes.set(encodeBytes(normalize(vector), SCALE), row * dimensions);
    }
    return codes;
  };
}
