/** Pictures made worse on purpose, to measure what that does to an embedding. */
import sharp from "sharp";

/** The picture compressed as JPEG. @param quality 1 to 100 */
export async function compressAsJpeg(file: string, quality: number): Promise<Buffer> {
  return sharp(file).jpeg({ quality }).toBuffer();
}

/** The picture scaled to a square of that many pixels a side, without further loss. */
export async function scaleToSquare(file: string, side: number): Promise<Buffer> {
  return sharp(file).resize(side, side, { fit: "fill" }).png().toBuffer();
}
