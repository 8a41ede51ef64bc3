/** Batch sampler of images regardless of person, for losses without labels. */
import type { Batch } from "./identity-sampler.ts";
import { shuffled } from "./seeded-random.ts";

/**
 * Infinite batches in random order, without replacement within an epoch. Each image has its own label.
 *
 * @param images indices among all images
 * @param size batch size; all images if there are fewer
 * @param random uniform from 0 to below 1
 */
export function* imageSampler(images: readonly number[], size: number, random: () => number): Generator<Batch, never, undefined> {
  const count = Math.min(size, images.length);
  let waiting: number[] = [];
  for (;;) {
    const batch = waiting.splice(0, count);
    if (batch.length < count) {
      const taken = new Set(batch);
      const fresh = shuffled(images, random);
      const next = fresh.filter((image) => !taken.has(image)).slice(0, count - batch.length);
      const used = new Set(next);
      waiting = fresh.filter((image) => !used.has(image));
      batch.push(...next);
    }
    yield { images: Uint32Array.from(batch), labels: Uint32Array.from(batch, (_, i) => i) };
  }
}
