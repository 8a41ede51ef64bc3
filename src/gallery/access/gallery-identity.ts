import { createHash } from "node:crypto";
import type { GalleryIdentity } from "../../schemas/gallery.ts";
import type { DetectionManifest, EmbeddingManifest } from "../../schemas/model-manifest.ts";

/** What a gallery is stamped with: the models, and a hash over all that shapes an embedding. */
export function galleryIdentity(
  { id, model, input, alignment, embedding }: EmbeddingManifest,
  detector: Pick<DetectionManifest, "id">,
): GalleryIdentity {
  const shaping = JSON.stringify([model.sha256, input, alignment, embedding.size, embedding.codeScale]);
  return {
    model: id,
    detector: detector.id,
    dimensions: embedding.size,
    codeScale: embedding.codeScale,
    preprocessing: createHash("sha256").update(shaping).digest("hex"),
  };
}
