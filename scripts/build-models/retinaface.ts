/** RetinaFace as exported by PyTorch, with a renamed input. */
import { readModel, valueInfo, writeModel } from "../../src/engine/graph/onnx-model.ts";

/**
 * @returns `image` [n, 3, h, w] to `loc` [n, anchors, 4], `conf` [n, anchors, 2] and `landmarks` [n, anchors, 10]; h and w
 * multiples of 32
 */
export function convertRetinaface(bytes: Uint8Array): Uint8Array {
  const model = readModel(bytes);
  const { graph } = model;
  for (const node of graph.node) node.input = node.input.map((name) => (name === "input" ? "image" : name));
  graph.input = [valueInfo("image", ["n", 3, "h", "w"])];
  return writeModel(model);
}
