import { createHash } from "node:crypto";
import { FaceNetError } from "../../errors.ts";
import type { GalleryIdentity } from "../../schemas/gallery.ts";
import type { DetectionManifest, EmbeddingManifest } from "../../schemas/model-manifest.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/**
 * Version of the steps from a file to an aligned face: decoding at reduced scale, detection, landmarks, alignment. Raised with
 * every change that moves embeddings by more than a squared distance of about 0.02.
 */
const FINDING = 2;

/** Identity of a gallery: models, and hashes of what affects embeddings and of how faces are detected. */
export function galleryIdentity(
  embedder: EmbeddingManifest,
  detector: Pick<DetectionManifest, "id" | "networks">,
): GalleryIdentity {
  const { id, embedding } = embedder;
  const networks = Object.entries(detector.networks).map(([role, { sha256 }]) => [role, sha256]);
  return {
    model: id,
    detector: detector.id,
    dimensions: embedding.size,
    codeScale: embedding.codeScale,
    preprocessing: preprocessingOf(embedder),
    finding: hash([FINDING, detector.id, networks]),
  };
}

/** The identity of a gallery with faces. @throws FaceNetError OPTION_INVALID if nothing has been indexed yet */
export async function requireIdentity(store: GalleryStore): Promise<GalleryIdentity> {
  const identity = await store.identity();
  if (identity) return identity;
  throw new FaceNetError("OPTION_INVALID", { option: "gallery", reason: "is empty; run `facenet index` first" });
}

/** Hash of all manifest fields that affect an embedding. Models without the mirrored view keep the hash of version 0.1. */
export function preprocessingOf({ model, input, alignment, embedding }: EmbeddingManifest): string {
  const shaping = [model.sha256, input, alignment, embedding.size, embedding.codeScale];
  return hash(embedding.mirrored ? [...shaping, "mirrored"] : shaping);
}

const hash = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");
