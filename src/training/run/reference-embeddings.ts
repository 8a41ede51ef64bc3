/**
 * Embeddings of the training faces by a reference model: the teacher, or the model to be compatible with. Each face is embedded
 * once, from the photograph it was cropped from, and cached in the run's folder for resuming.
 */
import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type FaceImages, type ImagePlace, imageSources, placeName } from "../../datasets/face-images.ts";
import { FaceNetError } from "../../errors.ts";
import type { LookOptions } from "../../faces/facenet.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { writeWhole } from "../../files/whole-file.ts";
import { readSafetensors, writeSafetensors } from "../safetensors.ts";

export type ReferenceOptions = LookOptions & {
  /** The reference model. */
  readonly model: string;
  /** Option that names it, for messages. */
  readonly option: "teacher" | "compatibleWith" | "from";
  readonly detector: string;
  /** Dimensions that are required: those of the trained network. Default: any. */
  readonly size?: number | undefined;
  /** Cache file. */
  readonly file: string;
  /** Photograph of a crop. */
  readonly photographOf: (place: ImagePlace) => ImagePlace;
};

export type ReferenceEmbeddings = {
  /** [images, size] of unit length; zeros for faces without an embedding. */
  readonly vectors: Float32Array;
  readonly size: number;
  readonly has: (image: number) => boolean;
};

/** @throws FaceNetError OPTION_INVALID if the dimensions differ; what loading models throws; the signal's reason */
export async function embedReference(
  { images }: Pick<FaceImages, "images">,
  { model: name, option, detector, size: required, file, photographOf, ...look }: ReferenceOptions,
  { load, signal, onProgress }: RunContext,
): Promise<ReferenceEmbeddings> {
  const facenet = await load({ model: name, detector });
  const { model } = facenet;
  const { size } = model.embedding;
  if (required !== undefined && size !== required) {
    const reason = `must have the network's dimensions, ${required}; ${model.id} has ${size}`;
    throw new FaceNetError("OPTION_INVALID", { option, reason });
  }
  const photographs = images.map(photographOf);
  const key = hash("sha256", JSON.stringify([model.model.sha256, look.aligned ?? false, photographs.map(placeName)]));
  const kept = await readKept(file, key);
  const vectors = kept ?? new Float32Array(images.length * size);
  if (!kept) {
    for await (const item of facenet.embed(imageSources(photographs), { ...look, faces: "central", signal, onProgress })) {
      const vector = item.ok ? item.value.faces[0]?.embedding.vector : undefined;
      if (vector) vectors.set(vector, item.index * size);
    }
    const tensors = new Map([["embeddings", { shape: [images.length, size], values: vectors }]]);
    await writeWhole(file, writeSafetensors({ tensors, metadata: { key, model: model.id } }));
  }
  return { vectors, size, has: (image) => vectors.subarray(image * size, (image + 1) * size).some((value) => value !== 0) };
}

/** Cached embeddings of the same faces and model. */
async function readKept(file: string, key: string): Promise<Float32Array | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  if (!bytes) return undefined;
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    return metadata.key === key ? tensors.get("embeddings")?.values : undefined;
  } catch {
    return undefined; // damaged: recomputed
  }
}
