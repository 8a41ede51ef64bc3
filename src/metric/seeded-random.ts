/** Reproducible random numbers: a seeded generator, seeds per purpose, shuffling. */

/**
 * Uniform random numbers, 0 to below 1, reproducible by seed (mulberry32, public domain).
 *
 * @example
 * import { seededRandom } from "facenet128/metric";
 * console.log(seededRandom(7)() === seededRandom(7)()); // true
 */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const bits = Math.imul(state ^ (state >>> 15), 1 | state);
    const mixed = bits ^ (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits));
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @example seededRandom(streamSeed(666, "augment", step, position)) */
export function streamSeed(seed: number, purpose: string, ...indices: readonly number[]): number {
  // FNV-1a over the words; mulberry32's first output mixes it further.
  let hash = 0x811c9dc5;
  for (const word of [seed, ...Buffer.from(purpose), ...indices]) hash = Math.imul(hash ^ word, 0x01000193);
  return Math.floor(seededRandom(hash)() * 2 ** 32) | 0;
}

/** Shuffled copy (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}
