import { describe, expect, it } from "vitest";
import { runNetwork } from "../../../scripts/build-models/random-network.ts";
import { GraphBuilder } from "./graph-builder.ts";
import {
  attribute,
  DataType,
  floats,
  floatTensor,
  int64Tensor,
  integers,
  type Model,
  readModel,
  valueInfo,
  writeModel,
} from "./onnx-model.ts";

const model: Model = {
  irVersion: 8,
  producerName: "facenet",
  opsetImport: [{ domain: "ai.onnx", version: 13 }],
  graph: {
    name: "network",
    node: [
      {
        name: "y",
        opType: "Conv",
        input: ["x", "w", ""],
        output: ["y"],
        attribute: [
          attribute("kernel_shape", [3, 3]),
          attribute("axis", -1),
          attribute("auto_pad", "SAME_UPPER"),
          attribute("epsilon", { float: 0.25 }),
        ],
      },
    ],
    initializer: [floatTensor("w", [2, 1, 1, 1], [-0, 1e-30]), int64Tensor("shape", [-1, 2 ** 40])],
    input: [valueInfo("x", ["n", 3, 5, 7])],
    output: [valueInfo("y", ["n", 2], DataType.int64)],
  },
};

describe("writeModel and readModel", () => {
  it("round-trip a model", () => {
    const back = readModel(writeModel(model));
    expect(back).toMatchObject({
      ...model,
      graph: { ...model.graph, node: [{ opType: "Conv", input: ["x", "w", ""], output: ["y"] }], initializer: [{}, {}] },
    });
    for (const [i, written] of (model.graph.node[0]?.attribute ?? []).entries()) {
      const { floats: _, ints, s, ...read } = back.graph.node[0]?.attribute[i] ?? attribute("missing", 0);
      expect({ ...read, ...(ints?.length && { ints }), ...(s && { s: Buffer.from(s) }) }).toEqual(written);
    }
    for (const [i, written] of model.graph.initializer.entries()) {
      const read = back.graph.initializer[i] ?? written;
      expect([read.name, read.dims, read.dataType, Buffer.from(read.rawData ?? [])]).toEqual([
        written.name,
        written.dims,
        written.dataType,
        Buffer.from(written.rawData ?? []),
      ]);
    }
  });

  it("write the same bytes after reading", () => {
    expect(Buffer.compare(writeModel(readModel(writeModel(model))), writeModel(model))).toBe(0);
  });

  it("keep an attribute that is 0", async () => {
    const graph = new GraphBuilder();
    graph.op("Softmax", ["x"], { axis: 0 }, "y");
    const again = writeModel(readModel(graph.build({ x: [2, 2] }, { y: [2, 2] })));
    const y = await runNetwork(again, [1, 5, 1, 5], [2, 2]);
    expect(Array.from(y)).toEqual([0.5, 0.5, 0.5, 0.5]); // along axis 1 they would differ
  });
});

describe("floats and integers", () => {
  it("read values stored as raw bytes", () => {
    expect(Array.from(floats(floatTensor("w", [3], [1.5, -2, 0])))).toEqual([1.5, -2, 0]);
    expect(integers(int64Tensor("i", [-5, 0, 2 ** 50]))).toEqual([-5, 0, 2 ** 50]);
  });

  it("read values stored as lists of numbers, as by other programs", async () => {
    const graph = new GraphBuilder();
    const row = graph.op("Add", ["x", graph.weight([4], [0, 0, 0, 0])]);
    graph.op("Reshape", [row, graph.integers([2, 2])], {}, "y");
    const listed = readModel(graph.build({ x: [4] }, { y: [2, 2] }));
    const names = listed.graph.initializer.map(({ name }) => name) as [string, string];
    const w = { name: names[0], dims: [4], dataType: DataType.float, floatData: [0.5, 3, -1, 0] };
    const shape = { name: names[1], dims: [2], dataType: DataType.int64, int64Data: [2, -1] };
    listed.graph.initializer = [w, shape];
    const bytes = writeModel(listed);
    expect(Array.from(await runNetwork(bytes, [1, 1, 1, 1], [4]))).toEqual([1.5, 4, 0, 1]); // the runtime reads them so
    const { initializer } = readModel(bytes).graph;
    expect(Array.from(floats(initializer[0] ?? shape))).toEqual(w.floatData);
    expect(integers(initializer[1] ?? w)).toEqual(shape.int64Data);
  });

  it("copy values, so that changes do not affect the model", () => {
    const tensor = floatTensor("w", [1], [1]);
    floats(tensor)[0] = 9;
    expect(floats(tensor)[0]).toBe(1);
  });

  it("reject a different type, and a mismatched shape", () => {
    expect(() => floats(int64Tensor("shape", [1]))).toThrow("shape: not a float tensor");
    expect(() => integers(floatTensor("w", [1], [1]))).toThrow("w: not an int64 tensor");
    expect(() => floatTensor("w", [2, 3], [1, 2])).toThrow("w: [2,3] holds 6 values, got 2");
  });
});
