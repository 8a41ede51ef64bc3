/** Identifies a photograph by its pixels, independent of its metadata. */
import { hash } from "node:crypto";
import { isHeic } from "./heic.ts";
import { openImage } from "./open-image.ts";

/** Longer side of the image that is hashed: JPEG decodes to it in a fraction of the full time. */
const SIDE = 512;

/**
 * Hash of the decoded upright image, scaled down, and of its full size. Changing metadata keeps it; recompressing
 * the image changes it.
 *
 * @returns undefined for HEIC, which takes seconds to decode, and for files that cannot be decoded
 */
export async function pixelsHash(data: Uint8Array, maxPixels?: number): Promise<string | undefined> {
  if (isHeic(data)) return undefined;
  try {
    const image = await openImage({ name: "photograph", data }, { maxPixels });
    const picture = await image.decode({ longerSide: SIDE });
    return hash("sha256", Buffer.concat([Buffer.from(`${image.width}x${image.height} `), picture.data]), "hex");
  } catch {
    return undefined; // detection reports why
  }
}
