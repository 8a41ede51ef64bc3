/**
 * Random numbers that are the same for the same seed. Training draws none from a running state: every draw has a stream
 * of its own, named by what it is for and the step, so that a run that is resumed draws what it would have drawn anyway.
 */

/** Uniform numbers from 0 to below 1 (mulberry32, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const bits = Math.imul(state ^ (state >>> 15), 1 | state);
    const mixed = bits ^ (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits));
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The seed of a stream of its own.
 *
 * @example seededRandom(streamSeed(666, "augment", step, position))
 */
export function streamSeed(seed: number, purpose: string, ...indices: readonly number[]): number {
  // FNV-1a over the words, each well mixed by mulberry32's first number.
  let hash = 0x811c9dc5;
  for (const word of [seed, ...Buffer.from(purpose), ...indices]) hash = Math.imul(hash ^ word, 0x01000193);
  return Math.floor(seededRandom(hash)() * 2 ** 32) | 0;
}
