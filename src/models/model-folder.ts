/** Writes a model folder: the network and its manifest; and appends a linear head to a network. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { floatTensor, readModel, valueInfo, writeModel } from "../engine/graph/onnx-model.ts";
import { makeFolder, writeWhole } from "../files/whole-file.ts";
import { EmbeddingManifest } from "../schemas/model-manifest.ts";

/** A manifest without the fields derived from the file. */
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

/**
 * Appends `embedding = flatten(output) x W'`, which becomes the only output.
 *
 * @param bytes an ONNX file whose first output is [n, inputs], possibly with further dimensions of 1
 * @param head row-major [size, inputs]
 */
export function appendHead(
  bytes: Uint8Array,
  { size, inputs, weights }: { readonly size: number; readonly inputs: number; readonly weights: Float32Array },
): Uint8Array {
  const model = readModel(bytes);
  const { graph } = model;
  const output = graph.output[0]?.name as string;
  const transposed = Float32Array.from(
    { length: inputs * size },
    (_, at) => weights[(at % size) * inputs + Math.floor(at / size)] as number,
  );
  graph.initializer.push(floatTensor("head.weight", [inputs, size], transposed));
  graph.node.push(
    { name: "head.flatten", opType: "Flatten", input: [output], output: ["head.input"], attribute: [] },
    { name: "head", opType: "MatMul", input: ["head.input", "head.weight"], output: ["head.embedding"], attribute: [] },
  );
  graph.output = [valueInfo("head.embedding", ["n", size])];
  return writeModel(model);
}
