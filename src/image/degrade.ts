/** Degrades images on purpose, to measure the effect on embeddings. */
import { loadSharp } from "./load-sharp.ts";

/** The image compressed as JPEG. @param quality 1 to 100 */
export async function compressAsJpeg(file: string, quality: number): Promise<Buffer> {
  return loadSharp()(file).jpeg({ quality }).toBuffer();
}

/** The image scaled to a square with this side in pixels, without further loss. */
export async function scaleToSquare(file: string, side: number): Promise<Buffer> {
  return loadSharp()(file).resize(side, side, { fit: "fill" }).png().toBuffer();
}
