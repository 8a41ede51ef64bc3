/**
 * Seeds for random numbers that depend on nothing but what they are for. Training draws none from a running state: every draw
 * has a stream of its own, named by its purpose and the step, so that a run that is resumed draws what it would have drawn anyway.
 */
import { seededRandom } from "../metric/seeded-random.ts";

/** @example seededRandom(streamSeed(666, "augment", step, position)) */
export function streamSeed(seed: number, purpose: string, ...indices: readonly number[]): number {
  // FNV-1a over the words, well mixed by mulberry32's first number.
  let hash = 0x811c9dc5;
  for (const word of [seed, ...Buffer.from(purpose), ...indices]) hash = Math.imul(hash ^ word, 0x01000193);
  return Math.floor(seededRandom(hash)() * 2 ** 32) | 0;
}
