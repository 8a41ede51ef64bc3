import { volume } from "./layers/layer.ts";
import type { NetworkPlan, Parameters } from "./network.ts";

/**
 * Dropout masks for a chunk of images: each value is dropped with probability 1 - keep, the others are divided by keep, so that
 * sums keep their expectation (Srivastava et al. 2014). Both passes over a chunk take the same masks.
 *
 * @param images in the chunk
 * @param random uniform, from 0 to below 1
 * @returns by the name of the mask, [images, ...size]; empty for a network without dropout
 */
export function drawMasks({ masks }: NetworkPlan, images: number, random: () => number): Parameters {
  return new Map(
    masks.map(({ name, size, keep }) => {
      const mask = new Float32Array(images * volume(size));
      for (let i = 0; i < mask.length; i++) mask[i] = random() < keep ? 1 / keep : 0;
      return [name, mask];
    }),
  );
}
