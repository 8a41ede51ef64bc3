/**
 * Embeddings of the training faces by another model: of a teacher, or of the model to be compatible with. Each face is embedded once, from
 * the photograph that it was cut out of, and kept in the training's folder for a run that is resumed.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type FaceImages, type ImagePlace, imageSources, placeName } from "../../datasets/face-images.ts";
import { FaceNetError } from "../../errors.ts";
import type { LookOptions } from "../../faces/facenet.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { writeWhole } from "../../files/whole-file.ts";
import { readSafetensors, writeSafetensors } from "../safetensors.ts";

export type ReferenceOptions = LookOptions & {
  /** The other model. */
  readonly model: string;
  /** The option that it was named by, for messages. */
  readonly option: "teacher" | "compatibleWith";
  readonly detector: string;
  /** Dimensions of the network that is trained. */
  readonly size: number;
  /** Where embeddings are kept. */
  readonly file: string;
  /** The photograph of a cut-out. */
  readonly photographOf: (place: ImagePlace) => ImagePlace;
};

export type ReferenceEmbeddings = {
  /** [images, size] of unit length; zeros where there is none */
  readonly vectors: Float32Array;
  readonly has: (image: number) => boolean;
};

/** @throws FaceNetError OPTION_INVALID for a model of other dimensions; what loading models throws; the signal's reason */
export async function embedReference(
  { images }: Pick<FaceImages, "images">,
  { model: name, option, detector, size, file, photographOf, ...look }: ReferenceOptions,
  { load, signal, onProgress }: RunContext,
): Promise<ReferenceEmbeddings> {
  const facenet = await load({ model: name, detector });
  const { model } = facenet;
  if (model.embedding.size !== size) {
    const reason = `must have the network's dimensions, ${size}; ${model.id} has ${model.embedding.size}`;
    throw new FaceNetError("OPTION_INVALID", { option, reason });
  }
  const photographs = images.map(photographOf);
  const key = createHash("sha256")
    .update(JSON.stringify([model.model.sha256, look.aligned ?? false, photographs.map(placeName)]))
    .digest("hex");
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
  return { vectors, has: (image) => vectors.subarray(image * size, (image + 1) * size).some((value) => value !== 0) };
}

/** What was kept of the same faces and the same model. */
async function readKept(file: string, key: string): Promise<Float32Array | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  if (!bytes) return undefined;
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    return metadata.key === key ? tensors.get("embeddings")?.values : undefined;
  } catch {
    return undefined; // damaged: made anew
  }
}
