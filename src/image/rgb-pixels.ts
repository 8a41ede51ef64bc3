/** Images in memory: from raw pixels of any channel count to RGB, and views of them. */
import type { Sharp } from "sharp";
import { FaceNetError } from "../errors.ts";
import type { RawPixels, RgbImage } from "../schemas/image-source.ts";
import { type ImageView, planView, type ViewPlan, type ViewRequest } from "./image-view.ts";
import { loadSharp } from "./load-sharp.ts";
import { type Size, toStored, turnedSize, turnUpright } from "./orientation.ts";
import { requireWithinLimits } from "./pixel-limits.ts";

/** Carries out a plan on stored pixels. */
export function shaped(stored: Sharp, { order, scaled, cut }: ViewPlan, orientation: number, upright: Size): Sharp {
  let pixels = stored;
  if (order === "part" && cut) pixels = pixels.extract(extractOf(toStored(cut, orientation, upright)));
  if (scaled) pixels = pixels.resize({ ...turnedSize(scaled, orientation), fit: "fill" });
  pixels = turnUpright(pixels, orientation);
  return order === "whole" && cut ? pixels.extract(extractOf(cut)) : pixels;
}

const extractOf = ({ x: left, y: top, width, height }: ViewPlan["region"]) => ({ left, top, width, height });

/** A region of an upright image, or all of it at another scale. */
export async function viewPixels(picture: RgbImage, request: ViewRequest): Promise<ImageView> {
  const plan = planView(picture, request, Number.POSITIVE_INFINITY);
  if (!plan.scaled && !plan.cut) return { ...picture, region: plan.region };
  return { ...(await rgbOf(shaped(sharpOf(picture), plan, 1, picture))), region: plan.region };
}

/** Rotates a stored image upright. */
export async function uprightPixels(stored: RgbImage, orientation: number): Promise<RgbImage> {
  return orientation === 1 ? stored : rgbOf(turnUpright(sharpOf(stored), orientation));
}

/**
 * Downscales the whole image; each pixel is the mean of the area it covers. Not for enlarging: libvips 8.18 shifts
 * that by up to half a pixel.
 */
export async function reducedPixels(picture: RgbImage, { width, height }: Size): Promise<RgbImage> {
  return rgbOf(sharpOf(picture).resize({ width, height, fit: "fill", kernel: "linear" }));
}

function sharpOf({ data, width, height }: RgbImage): Sharp {
  return loadSharp()(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
}

async function rgbOf(pixels: Sharp): Promise<RgbImage> {
  const { data, info } = await pixels.raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), width: info.width, height: info.height };
}

/**
 * Grey is expanded to RGB; transparency is composited over white.
 *
 * @throws FaceNetError IMAGE_INVALID_PIXELS, IMAGE_SIDE_TOO_LONG, IMAGE_TOO_LARGE
 */
export function toRgb({ data, width, height, channels }: RawPixels, image: string, maxPixels: number): RgbImage {
  const count = width * height;
  const valid = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0 && [1, 3, 4].includes(channels);
  if (!valid || data.length !== count * channels) {
    throw new FaceNetError("IMAGE_INVALID_PIXELS", {
      image,
      reason: `${data.length} bytes for ${width} x ${height} x ${channels}`,
    });
  }
  requireWithinLimits(image, { width, height }, maxPixels);
  if (channels === 3) return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), width, height };
  const rgb = new Uint8Array(count * 3);
  for (let i = 0, q = 0; i < count; i++, q += 3) {
    const p = i * channels;
    const alpha = channels === 4 ? (data[p + 3] as number) : 255;
    for (let c = 0; c < 3; c++) {
      const value = data[channels === 1 ? p : p + c] as number;
      rgb[q + c] = alpha === 255 ? value : Math.round(value * (alpha / 255) + 255 * (1 - alpha / 255));
    }
  }
  return { data: rgb, width, height };
}
