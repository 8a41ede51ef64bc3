/** Cache of a study: face crops and embedding vectors, so that an interrupted study resumes without recomputing them. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BatchItem } from "../faces/batch.ts";
import type { AlignOptions, FaceNet } from "../faces/facenet.ts";
import { fileExists, makeFolder, writeWhole } from "../files/whole-file.ts";
import { encodePng } from "../image/encode.ts";
import type { EmbeddedImage } from "../schemas/face.ts";
import type { Alignment, EmbeddingManifest } from "../schemas/model-manifest.ts";

/**
 * Side in pixels of the crops that are degraded. Faces of LFW fill about 150 pixels of the alignment's square, so 160 loses
 * nothing, and a larger crop would contain no more detail.
 */
export const FACE_SIZE = 160;

type CutOut = NonNullable<AlignOptions["cutOut"]>;

/** Face crop of each image; images without a face have none. */
export type CachedFaces = ReadonlyMap<string, string>;

/**
 * @param images paths
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; the signal's reason
 */
export async function cacheFaces(
  images: readonly string[],
  facenet: FaceNet,
  folder: string,
  cutOut: CutOut,
  options: Omit<AlignOptions, "cutOut">,
): Promise<CachedFaces> {
  const place = join(folder, "faces");
  await makeFolder(place);
  const { minFaceSize, minConfidence, faces } = options;
  const fileOf = (image: string): string => {
    const key = JSON.stringify([image, facenet.detector.id, cutOut, minFaceSize, minConfidence, faces]);
    return join(place, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.png`);
  };
  const found = new Map<string, string>();
  const missing: string[] = [];
  for (const image of images) {
    if (await fileExists(fileOf(image))) found.set(image, fileOf(image));
    else missing.push(image);
  }
  for await (const item of facenet.align(missing, { ...options, cutOut })) {
    const face = item.ok ? item.value.faces[0] : undefined;
    if (!face) continue;
    const file = fileOf(item.image);
    await writeWhole(file, await encodePng(face.crop));
    found.set(item.image, file);
  }
  return found;
}

/** Crops to degrade: the model's crop at {@link FACE_SIZE}. */
export function largeCutOut({ alignment, input }: EmbeddingManifest): CutOut {
  return { size: FACE_SIZE, alignment: scaledAlignment(alignment, FACE_SIZE / input.width) };
}

/** Crops in the model's own size. */
export function ownCutOut({ alignment, input }: EmbeddingManifest): CutOut {
  return { size: input.width, height: input.height, alignment };
}

/** The same crop at a larger scale; pixel centres of a template are at whole numbers. */
function scaledAlignment(alignment: Alignment, scale: number): Alignment {
  if (alignment.kind !== "similarity") return alignment;
  const scaled = (value: number): number => (value + 0.5) * scale - 0.5;
  const template = alignment.template.map(([x, y]) => [scaled(x), scaled(y)]);
  return { ...alignment, template: template as typeof alignment.template };
}

/** By image; an image without a face has none. */
export type Vectors = ReadonlyMap<string, Float32Array>;

/**
 * Returns the cached vectors of a key, or computes them with `make` and caches them.
 *
 * @param key everything that determines the vectors
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; what `make` throws
 */
export async function cachedVectors(folder: string, key: readonly unknown[], make: () => Promise<Vectors>): Promise<Vectors> {
  const name = createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 32);
  const file = join(folder, `vectors-${name}.json`);
  const known = await readFile(file, "utf8").then(parse, () => undefined);
  if (known) return known;
  const vectors = await make();
  await makeFolder(folder);
  await writeWhole(file, format(vectors));
  return vectors;
}

/** The vectors of a batch by image, of those with a face. */
export async function embedded(images: readonly string[], items: AsyncIterable<BatchItem<EmbeddedImage>>): Promise<Vectors> {
  const vectors = new Map<string, Float32Array>();
  for await (const item of items) {
    const vector = item.ok ? item.value.faces[0]?.embedding.vector : undefined;
    if (vector) vectors.set(images[item.index] as string, vector);
  }
  return vectors;
}

function format(vectors: Vectors): string {
  const rows = [...vectors].map(([image, vector]) => [
    image,
    Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64"),
  ]);
  return JSON.stringify(rows);
}

function parse(text: string): Vectors {
  const rows = JSON.parse(text) as [image: string, vector: string][];
  return new Map(rows.map(([image, base64]) => [image, new Float32Array(Uint8Array.from(Buffer.from(base64, "base64")).buffer)]));
}
