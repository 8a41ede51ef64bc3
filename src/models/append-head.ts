/** A linear head at the end of an embedding network's model file. */
import { floatTensor, readModel, valueInfo, writeModel } from "../engine/graph/onnx-model.ts";

/**
 * Adds `embedding = flatten(output) x W'`, which becomes the only output.
 *
 * @param bytes an ONNX file whose first output is [n, inputs], dimensions of 1 apart
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
