/** Faces with their people, ready to be measured: embedded from images, with what went wrong on the way. */
import type { LabelledImage } from "../../datasets/person-folders.ts";
import { FaceNetError } from "../../errors.ts";
import type { FaceNet, LookOptions } from "../../faces/facenet.ts";
import { createEmbeddingMatrix } from "../../metric/embedding-matrix.ts";
import type { Verification } from "../../schemas/evaluation.ts";
import type { Embedding } from "../../schemas/face.ts";
import type { Box } from "../../schemas/geometry.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import type { ThresholdOrigin } from "../../schemas/threshold.ts";
import type { FaceSet } from "../face-set.ts";

export type LabelledFaces = Pick<Verification, "imagesWithoutFace" | "failures"> & {
  readonly faces: FaceSet;
  readonly model: EmbeddingManifest;
  /** of the model's thresholds and probability */
  readonly calibration: ThresholdOrigin;
  /** null for embeddings from a file */
  readonly detector: string | null;
  /** images looked at */
  readonly images: number;
};

type Compared = EmbeddingManifest["embedding"]["compared"];

/**
 * Embeds one face of every image.
 *
 * @param compared what distances will be taken from; undefined: as the model says
 */
export async function embedLabelled(
  labelled: readonly LabelledImage[],
  facenet: FaceNet,
  { compared = facenet.model.embedding.compared, ...options }: LookOptions & { readonly compared?: Compared | undefined },
): Promise<LabelledFaces> {
  const found: FoundFace[] = [];
  const failures: LabelledFaces["failures"] = [];
  const imagesWithoutFace: string[] = [];
  const paths = labelled.map(({ image }) => image);
  for await (const item of facenet.embed(paths, options)) {
    const { person } = labelled[item.index] as LabelledImage;
    if (item.ok) {
      const face = item.value.faces[0];
      if (face) found.push({ image: item.image, person, box: face.box, embedding: face.embedding });
    } else if (item.error.code === "FACE_NOT_FOUND") imagesWithoutFace.push(item.image);
    else failures.push({ image: item.image, code: item.error.code, message: item.error.message });
  }
  return {
    faces: faceSetOf(found, compared),
    model: facenet.model,
    calibration: facenet.calibration,
    detector: facenet.detector.id,
    images: labelled.length,
    imagesWithoutFace,
    failures,
  };
}

export type FoundFace = {
  readonly image: string;
  readonly person: string;
  readonly box: Box | null;
  readonly embedding: Pick<Embedding, "vector" | "code">;
};

/** People are numbered in the order in which they come. */
export function faceSetOf(found: readonly FoundFace[], compared: Compared): FaceSet {
  const numbers = new Map<string, number>();
  for (const { person } of found) if (!numbers.has(person)) numbers.set(person, numbers.size);
  return {
    images: found.map(({ image }) => image),
    boxes: found.map(({ box }) => box),
    people: [...numbers.keys()],
    person: Uint32Array.from(found, ({ person }) => numbers.get(person) as number),
    embeddings: createEmbeddingMatrix(
      found.map(({ embedding }) => (compared === "bytes" ? embedding.code : embedding.vector)),
      compared,
    ),
  };
}

/** @throws FaceNetError DATASET_INVALID where not even one face is there to measure */
export function requireFaces({ faces, images, imagesWithoutFace, failures }: LabelledFaces, folder: string): void {
  if (faces.images.length > 0) return;
  const reason = `no face of ${images} images could be used (${imagesWithoutFace.length} without a face, ${failures.length} failed)`;
  throw new FaceNetError("DATASET_INVALID", { folder, reason });
}
