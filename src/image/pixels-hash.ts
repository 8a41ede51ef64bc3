/** Recognises a photograph by its pixels, whatever metadata its file has. */
import { hash } from "node:crypto";
import { isHeic } from "./heic.ts";
import { openImage } from "./open-image.ts";

/** Longer side of the picture that is hashed: JPEG decodes to it in a fraction of the full time. */
const SIDE = 512;

/**
 * Hash of the decoded upright picture, scaled down, and of its full size. A change of metadata leaves it as it is; compressing the
 * picture anew changes it.
 *
 * @returns undefined for HEIC, which takes seconds to decode, and for what cannot be decoded
 */
export async function pixelsHash(data: Uint8Array, maxPixels?: number): Promise<string | undefined> {
  if (isHeic(data)) return undefined;
  try {
    const image = await openImage({ name: "photograph", data }, { maxPixels });
    const picture = await image.decode({ longerSide: SIDE });
    return hash("sha256", Buffer.concat([Buffer.from(`${image.width}x${image.height} `), picture.data]), "hex");
  } catch {
    return undefined; // looking for faces in it tells why
  }
}
