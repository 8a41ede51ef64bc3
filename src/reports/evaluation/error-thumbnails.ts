/** The faces of wrong pairs as small pictures, for a report that stays with its reader. */
import { decodeImage } from "../../image/decode.ts";
import { faceThumbnail } from "../../image/face-thumbnail.ts";
import type { ComparedFace, Verification } from "../../schemas/evaluation.ts";
import { faceKey } from "./report-input.ts";

/** Shown at half the size: sharp on dense screens. */
const SIDE_PX = 192;

/**
 * Data URIs by {@link faceKey}. Every image is decoded once, one after the other; one that cannot be decoded is left
 * out, as the report then only names it.
 */
export async function errorThumbnails(
  evaluations: readonly Pick<Verification, "worst">[],
  { maxPixels, signal }: { readonly maxPixels: number; readonly signal: AbortSignal },
): Promise<Map<string, string>> {
  const byImage = new Map<string, ComparedFace[]>();
  for (const { worst } of evaluations) {
    for (const face of [...worst.falseAccepts, ...worst.falseRejects].flatMap(({ left, right }) => [left, right])) {
      byImage.set(face.image, [...(byImage.get(face.image) ?? []), face]);
    }
  }
  const thumbnails = new Map<string, string>();
  for (const [image, faces] of byImage) {
    signal.throwIfAborted();
    const pixels = await decodeImage(image, { maxPixels }).catch(() => undefined);
    if (pixels === undefined) continue;
    for (const face of faces) {
      if (thumbnails.has(faceKey(face))) continue;
      const jpeg = await faceThumbnail(pixels, face.box, { sidePx: SIDE_PX });
      thumbnails.set(faceKey(face), `data:image/jpeg;base64,${Buffer.from(jpeg).toString("base64")}`);
    }
  }
  return thumbnails;
}
