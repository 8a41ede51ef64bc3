/**
 * What of a photograph is wanted, at which scale, and how to come by it cheaply: the arithmetic between pixels of the full upright
 * picture and of what is decoded.
 */
import type { Box } from "../schemas/face.ts";
import type { RgbImage } from "../schemas/image-source.ts";
import type { Size } from "./orientation.ts";

/** Decodes what is wanted; without either, the whole picture in full. */
export type ViewRequest = {
  /**
   * Scale, as the longer side that the whole picture would have, in pixels. What is larger is made smaller; nothing is enlarged.
   * From 1.
   */
  readonly longerSide?: number | undefined;
  /** The part that is wanted, in pixels of the full upright picture: clipped to it and widened to whole pixels. */
  readonly region?: Box | undefined;
};

/** Upright pixels of a photograph, or of a part of it, at some scale. */
export type ImageView = RgbImage & {
  /**
   * The part of the full upright picture that these pixels show, in its pixels. The scale is thus `width / region.width` across and
   * `height / region.height` down; the two differ by rounding.
   */
  readonly region: Box;
};

/** A photograph whose file has been read and whose size is known; pixels are decoded when they are asked for. */
export type OpenImage = Size & {
  /** As results and errors call it. */
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
  /** "whole": scale the picture, then cut `cut` out of it, where it is given. "part": cut first, then scale. */
  readonly order: "whole" | "part";
  /** Size after scaling; undefined: it is not scaled. */
  readonly scaled: Size | undefined;
  /** Upright pixels to cut out, whole numbers: of the scaled picture in order "whole", of the full one in order "part". */
  readonly cut: Box | undefined;
  /** As {@link ImageView} gives it. */
  readonly region: Box;
};

/** @param isFastFrom how many times smaller a picture must be wanted for its file to be decoded faster for it; Infinity: never */
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

/** The smallest rectangle of whole pixels of a picture around what of a box is in it; a pixel at least. */
function wholePixels({ x, y, width, height }: Box, { width: w, height: h }: Size): Box {
  const left = clamp(Math.floor(x), 0, w - 1);
  const top = clamp(Math.floor(y), 0, h - 1);
  const right = clamp(Math.ceil(x + width), left + 1, w);
  const bottom = clamp(Math.ceil(y + height), top + 1, h);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
