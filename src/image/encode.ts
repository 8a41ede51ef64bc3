/** From pixels to the bytes of a picture file. */
import sharp from "sharp";
import type { RgbImage } from "../schemas/image-source.ts";

export type JpegOptions = {
  /** The longer side is scaled down to this many pixels; a smaller picture stays as it is. */
  readonly maxSide: number;
  /** 1 to 100 */
  readonly quality: number;
};

/** A JPEG file without metadata. */
export async function encodeJpeg({ data, width, height }: RgbImage, { maxSide, quality }: JpegOptions): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: maxSide, height: maxSide, fit: "inside", withoutEnlargement: true })
    .jpeg({ quality, mozjpeg: true })
    .toBuffer();
}

/** A PNG file: without loss, so that a cut-out face embeds to the same vector when it is read back. */
export async function encodePng({ data, width, height }: RgbImage): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/**
 * A PNG file of a drawing, for those who cannot show SVG. Text is set in the fonts of this machine.
 *
 * @param scale pixels of the picture for one unit of the drawing; 2 is sharp on most screens
 */
export async function encodeSvgAsPng(svg: string, scale = 2): Promise<Buffer> {
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .png()
    .toBuffer();
}
