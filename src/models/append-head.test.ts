import { expect, it } from "vitest";
import { GraphBuilder } from "../engine/graph/graph-builder.ts";
import { OnnxNetwork } from "../engine/onnx-network.ts";
import { appendHead } from "./append-head.ts";

it("multiplies the network's output by the head", async () => {
  const graph = new GraphBuilder();
  graph.op("Mul", ["x", graph.weight([1], [2])], {}, "y");
  const bytes = graph.build({ x: ["n", 3] }, { y: ["n", 3] });
  const weights = Float32Array.of(1, 0, 0, 0, 1, -1); // [2, 3]
  const headed = appendHead(bytes, { size: 2, inputs: 3, weights });
  const network = await OnnxNetwork.create(headed, { threads: 1 });
  const outputs = await network.run({ x: { data: Float32Array.of(5, 7, 1, 1, 2, 3), dims: [2, 3] } });
  await network.dispose();
  expect(Object.keys(outputs)).toEqual(["head.embedding"]);
  expect([...(outputs["head.embedding"]?.data ?? [])]).toEqual([10, 12, 2, -2]);
});
