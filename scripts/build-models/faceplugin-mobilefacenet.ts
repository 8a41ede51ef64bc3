/** MobileFaceNet 512-D of faceplugin, with any batch size, and without dead channels. */
import { readModel, valueInfo, writeModel } from "../../src/engine/graph/onnx-model.ts";
import { flushTinyWeights, pruneDeadChannels } from "./prune-dead-channels.ts";

export function convertFacepluginMobilefacenet(bytes: Uint8Array): Uint8Array {
  const model = readModel(bytes);
  const { graph } = model;
  flushTinyWeights(model);
  pruneDeadChannels(model);
  // The exported file ends in a reshape to [1, 512].
  const last = graph.node.at(-1);
  if (last?.opType !== "Reshape") throw new Error("mobilefacenet: the graph was expected to end in a Reshape");
  Object.assign(last, {
    opType: "Flatten",
    input: [last.input[0]],
    attribute: [{ name: "axis", type: 2, i: 1 }],
    output: ["embedding"],
  });
  for (const node of graph.node) node.input = node.input.map((name) => (name === "input" ? "image" : name));
  graph.input = [valueInfo("image", ["n", 3, 112, 112])];
  graph.output = [valueInfo("embedding", ["n", 512])];
  return writeModel(model);
}
