/** Writing a model as a folder that `--model` takes: the network and its manifest. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { makeFolder, writeWhole } from "../files/whole-file.ts";
import { EmbeddingManifest } from "../schemas/model-manifest.ts";

/** A manifest but for what follows from the file. */
export type ModelDescription = Omit<EmbeddingManifest, "model" | "task">;

/**
 * Writes `model.onnx` and then `manifest.json`, with the file's checksum.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE
 */
export async function writeModelFolder(
  folder: string,
  description: ModelDescription,
  bytes: Uint8Array,
): Promise<EmbeddingManifest> {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const manifest = EmbeddingManifest.parse({
    task: "embedding",
    ...description,
    model: { file: "model.onnx", sha256, bytes: bytes.length },
  });
  await makeFolder(folder);
  await writeWhole(join(folder, "model.onnx"), bytes, { durable: true });
  await writeWhole(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`, { durable: true });
  return manifest;
}
