/** The vectors of one level of a study, kept in a file: a study that was stopped goes on with the next level. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";
import type { BatchItem } from "../faces/batch.ts";
import type { EmbeddedImage } from "../schemas/looked-at.ts";

/** By image; an image without a face has none. */
export type Vectors = ReadonlyMap<string, Float32Array>;

/**
 * What is in the cache for a key, or what `make` gives, which is then there.
 *
 * @param key everything that the vectors depend on
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; what `make` throws
 */
export async function cachedVectors(folder: string, key: readonly unknown[], make: () => Promise<Vectors>): Promise<Vectors> {
  const name = createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 32);
  const file = join(folder, `vectors-${name}.json`);
  const known = await readFile(file, "utf8").then(parse, () => undefined);
  if (known) return known;
  const vectors = await make();
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(`${file}.part`, format(vectors));
    await rename(`${file}.part`, file);
  } catch (error) {
    throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file, reason: reasonOf(error) }, error);
  }
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
