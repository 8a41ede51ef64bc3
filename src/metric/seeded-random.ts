/** Uniform numbers from 0 to below 1, the same for the same seed (mulberry32, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const bits = Math.imul(state ^ (state >>> 15), 1 | state);
    const mixed = bits ^ (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits));
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
