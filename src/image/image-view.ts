/**
 * Views of a photograph: which part, at which scale, and how to decode it cheaply. Converts between pixels of the full upright
 * image and decoded pixels.
 */
import type { Box } from "../schemas/face.ts";
import type { RgbImage } from "../schemas/image-source.ts";
import type { Size } from "./orientation.ts";

/** View to decode; by default the whole image at full resolution. */
export type ViewRequest = {
  /**
   * Scale, given as the longer side of the whole image in pixels. Larger images are scaled down; nothing is enlarged.
   * At least 1.
   */
  readonly longerSide?: number | undefined;
  /** Region in pixels of the full upright image: clipped to it and expanded to whole pixels. */
  readonly region?: Box | undefined;
};

/** Upright pixels of a photograph, or of a region of it, at some scale. */
export type ImageView = RgbImage & {
  /**
   * The region of the full upright image that these pixels cover. The scale is `width / region.width` across and
   * `height / region.height` down; the two differ by rounding.
   */
  readonly region: Box;
};

/** A photograph that has been read and whose size is known; pixels are decoded on demand. */
export type OpenImage = Size & {
  /** Name in results and errors. */
  readonly name: string;
  /**
   * @throws FaceNetError IMAGE_CORRUPT, HEIC_NOT_INSTALLED
   * @example
   * const small = await image.decode({ longerSide: 1280 });
   * const face = await image.decode({ region: { x: 3200, y: 900, width: 180, height: 220 } });
   */
  decode(request?: ViewRequest): Promise<ImageView>;
};

export type ViewPlan = {
  /** "whole": scale the image, then crop to `cut`, if given. "part": crop first, then scale. */
  readonly order: "whole" | "part";
  /** Size after scaling; undefined: no scaling. */
  readonly scaled: Size | undefined;
  /** Upright pixels to crop to, whole numbers: of the scaled image in order "whole", of the full one in order "part". */
  readonly cut: Box | undefined;
  /** As in {@link ImageView}. */
  readonly region: Box;
};

/** @param isFastFrom reduction factor from which decoding is faster; Infinity: never */
export function planView(full: Size, { longerSide, region }: ViewRequest, isFastFrom: number): ViewPlan {
  const scale = Math.min(1, Math.max(1, longerSide ?? Number.POSITIVE_INFINITY) / Math.max(full.width, full.height));
  const sized = ({ width, height }: Size): Size => {
    return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  };
  const all = { x: 0, y: 0, width: full.width, height: full.height };
  const part = region ? wholePixels(region, full) : all;
  const isWhole = part.width === full.width && part.height === full.height;
  if (isWhole) return { order: "whole", scaled: scale < 1 ? sized(full) : undefined, cut: undefined, region: all };
  if (scale === 1) return { order: "part", scaled: undefined, cut: part, region: part };
  if (1 / scale < isFastFrom) return { order: "part", scaled: sized(part), cut: part, region: part };
  const scaled = sized(full);
  const [across, down] = [scaled.width / full.width, scaled.height / full.height];
  const cut = wholePixels(
    { x: part.x * across, y: part.y * down, width: part.width * across, height: part.height * down },
    scaled,
  );
  const shown = { x: cut.x / across, y: cut.y / down, width: cut.width / across, height: cut.height / down };
  return { order: "whole", scaled, cut, region: shown };
}

/** The smallest rectangle of whole pixels around the part of a box inside the image; at least one pixel. */
function wholePixels({ x, y, width, height }: Box, { width: w, height: h }: Size): Box {
  const left = clamp(Math.floor(x), 0, w - 1);
  const top = clamp(Math.floor(y), 0, h - 1);
  const right = clamp(Math.ceil(x + width), left + 1, w);
  const bottom = clamp(Math.ceil(y + height), top + 1, h);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
