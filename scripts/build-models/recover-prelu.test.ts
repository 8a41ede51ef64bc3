import { expect, it } from "vitest";
import { GraphBuilder } from "../../src/engine/graph/graph-builder.ts";
import { readModel, writeModel } from "../../src/engine/graph/onnx-model.ts";
import { OnnxNetwork } from "../../src/engine/onnx-network.ts";
import { rewritePrelu } from "./blocked-prelu.ts";
import { recoverPrelu } from "./recover-prelu.ts";

/** relu(x) + w (x - |x|) over [1, 2, 2, 2], as a converter spells PReLU out. */
function spelledOut(): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.op("Identity", ["x"]);
  const difference = graph.op("Sub", [x, graph.op("Abs", [x])]);
  const scaled = graph.op("Mul", [graph.weight([2, 1, 1], [0.125, -0.05]), difference]);
  graph.op("Add", [graph.op("Relu", [x]), scaled], {}, "y");
  return graph.build({ x: [1, 2, 2, 2] }, { y: [1, 2, 2, 2] });
}

it("finds the spelled-out PReLU, and the function stays the same, also rewritten", async () => {
  const model = readModel(spelledOut());
  expect(recoverPrelu(model)).toBe(1);
  expect(model.graph.node.map(({ opType }) => opType)).toEqual(["Identity", "PRelu"]);
  const recovered = writeModel(model);
  rewritePrelu(model);
  const x = { data: Float32Array.of(-4, -1, 0, 2, -4, -1, 0, 2), dims: [1, 2, 2, 2] };
  for (const bytes of [spelledOut(), recovered, writeModel(model)]) {
    const { y } = await (await OnnxNetwork.create(bytes, { threads: 1 })).run({ x });
    // slopes 0.25 and -0.1
    for (const [i, value] of [-1, -0.25, 0, 2, 0.4, 0.1, 0, 2].entries()) expect(y?.data[i]).toBeCloseTo(value, 6);
  }
});

it("leaves other sums alone", () => {
  const graph = new GraphBuilder();
  graph.op("Add", [graph.op("Relu", ["x"]), graph.op("Abs", ["x"])], {}, "y");
  const model = readModel(graph.build({ x: [2] }, { y: [2] }));
  expect(recoverPrelu(model)).toBe(0);
  expect(model.graph.node).toHaveLength(3);
});
