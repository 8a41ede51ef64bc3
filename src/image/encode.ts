/** Encodes pixels as an image file. */
import type { RgbImage } from "../schemas/image-source.ts";
import { loadSharp } from "./load-sharp.ts";

export type JpegOptions = {
  /** The longer side is scaled down to this many pixels; smaller images are not enlarged. */
  readonly maxSide: number;
  /** 1 to 100 */
  readonly quality: number;
};

/** A JPEG file without metadata. */
export async function encodeJpeg({ data, width, height }: RgbImage, { maxSide, quality }: JpegOptions): Promise<Uint8Array> {
  return loadSharp()(data, { raw: { width, height, channels: 3 } })
    .resize({ width: maxSide, height: maxSide, fit: "inside", withoutEnlargement: true })
    .jpeg({ quality, mozjpeg: true })
    .toBuffer();
}

/** A PNG file: lossless, so that a cut-out face gives the same embedding when it is read back. */
export async function encodePng({ data, width, height }: RgbImage): Promise<Buffer> {
  return loadSharp()(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/**
 * A PNG file of an SVG drawing, for programs without SVG. Text uses the fonts installed on this machine.
 *
 * @param scale pixels per unit of the drawing; 2 is sharp on most screens
 */
export async function encodeSvgAsPng(svg: string, scale = 2): Promise<Buffer> {
  return loadSharp()(Buffer.from(svg), { density: 72 * scale })
    .png()
    .toBuffer();
}

/** A data URI of a JPEG file. */
export function jpegUri(jpeg: Uint8Array): string {
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString("base64")}`;
}
