/** Embeds the faces of a folder with two models, to fit a map between their spaces. */
import type { FaceNet, LookOptions } from "../faces/facenet.ts";
import { listImages } from "../image/list-images.ts";
import type { EmbeddingPair } from "../metric/linear-map.ts";

export type EmbedByBothOptions = Pick<LookOptions, "maxPixels" | "signal" | "onProgress"> & {
  readonly from: FaceNet;
  /** also detects the faces */
  readonly to: FaceNet;
};

/** Every face in a folder; unreadable photographs are skipped. Each photograph is a group, numbered -1 and below. */
export async function embedByBoth(folder: string, { from, to, ...options }: EmbedByBothOptions): Promise<EmbeddingPair[]> {
  const pairs: EmbeddingPair[] = [];
  for await (const item of to.embed(listImages(folder), options)) {
    if (!item.ok) continue;
    const marks = item.value.faces.map(({ box, landmarks, quality }) => ({ box, landmarks, confidence: quality.confidence }));
    const { maxPixels, signal } = options;
    const { faces } = await from.embedFaces({ source: item.image, faces: marks }, { maxPixels, signal });
    for (const [i, face] of item.value.faces.entries()) {
      const before = faces[i]?.embedding.vector;
      if (before) pairs.push({ from: before, to: face.embedding.vector, group: -1 - item.index });
    }
  }
  return pairs;
}
