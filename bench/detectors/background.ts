/**
 * Busy backgrounds without faces: a strongly blurred picture, over it pictures whose blocks are shuffled (natural
 * texture, but no block holds more than a piece of a face), a gradient of light, and noise.
 */
import sharp, { type OverlayOptions } from "sharp";
import type { RgbImage } from "../../src/schemas/pixels.ts";
import { createRandom, type Random, shuffled } from "./random.ts";

/** Side of a shuffled block, in pixels of the 250 pixels' picture: a face there is about 110. */
const BLOCK = 25;
const PATCHES = 60;
const NOISE = 6;

export type Size = { readonly width: number; readonly height: number };

export async function drawBackground(pictures: readonly RgbImage[], { width, height }: Size, random: Random): Promise<RgbImage> {
  const pick = () => pictures[random.index(pictures.length)] as RgbImage;
  const base = raw(pick()).blur(12).resize(width, height, { fit: "fill" });
  const patches: OverlayOptions[] = [];
  for (let i = 0; i < PATCHES; i++) {
    const side = Math.round(random.between(80, 700));
    const input = await raw(shuffledBlocks(pick(), random))
      .resize(side, side)
      .ensureAlpha(random.between(0.4, 1))
      .raw()
      .toBuffer();
    const [left, top] = [Math.round(random.between(-0.2, 0.95) * width), Math.round(random.between(-0.2, 0.95) * height)];
    patches.push({ input, raw: { width: side, height: side, channels: 4 as const }, left, top });
  }
  // Two pipelines: within one, sharp lays on before it resizes.
  const scaled = await base.raw().toBuffer();
  const data = await sharp(scaled, { raw: { width, height, channels: 3 } })
    .composite(patches)
    .removeAlpha()
    .raw()
    .toBuffer();
  light(data, { width, height }, random);
  return { data, width, height };
}

const raw = ({ data, width, height }: RgbImage) => sharp(data, { raw: { width, height, channels: 3 } });

function shuffledBlocks({ data, width, height }: RgbImage, random: Random): RgbImage {
  const columns = Math.floor(width / BLOCK);
  const rows = Math.floor(height / BLOCK);
  const out = new Uint8Array(columns * rows * BLOCK * BLOCK * 3);
  const order = shuffled([...new Array(columns * rows).keys()], random);
  for (const [to, from] of order.entries()) {
    const [toX, toY] = [(to % columns) * BLOCK, Math.floor(to / columns) * BLOCK];
    const [fromX, fromY] = [(from % columns) * BLOCK, Math.floor(from / columns) * BLOCK];
    for (let y = 0; y < BLOCK; y++) {
      const start = ((fromY + y) * width + fromX) * 3;
      out.set(data.subarray(start, start + BLOCK * 3), ((toY + y) * columns * BLOCK + toX) * 3);
    }
  }
  return { data: out, width: columns * BLOCK, height: rows * BLOCK };
}

/** A gradient of brightness from corner to corner, and noise, in place. */
function light(data: Uint8Array, { width, height }: Size, random: Random): void {
  const noise = createRandom(random.index(2 ** 31));
  const [from, acrossX, acrossY] = [random.between(0.7, 1.1), random.between(-0.3, 0.3), random.between(-0.3, 0.3)];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const gain = from + (acrossX * x) / width + (acrossY * y) / height;
      const shift = (noise.uniform() - 0.5) * 2 * NOISE;
      for (let c = 0; c < 3; c++, at++) data[at] = Math.max(0, Math.min(255, (data[at] as number) * gain + shift));
    }
  }
}
