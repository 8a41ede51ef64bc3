import { describe, expect, it } from "vitest";
import { hasWebGpu } from "../../test/graph/devices.ts";
import { GraphBuilder } from "./graph/graph-builder.ts";
import { DeviceTensor, OnnxNetwork, type TensorData } from "./onnx-network.ts";

/** Identity network. */
async function identity(type: "float" | "double" | "int8" | "uint8" | "int32" | "int64"): Promise<OnnxNetwork> {
  const graph = new GraphBuilder();
  graph.op("Identity", ["x"], {}, "y");
  return OnnxNetwork.create(graph.build({ x: { shape: ["n"], type } }, { y: { shape: ["n"], type } }), { threads: 1 });
}

describe("OnnxNetwork.run", () => {
  it.each([
    ["float", Float32Array.of(1.5, -2)],
    ["double", Float64Array.of(1 / 3, -1e300)],
    ["int8", Int8Array.of(-128, 127)],
    ["uint8", Uint8Array.of(0, 255)],
    ["int32", Int32Array.of(-(2 ** 31), 2 ** 31 - 1)],
    ["int64", BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)],
  ] as const)("takes and gives %s tensors", async (type, data: TensorData) => {
    const network = await identity(type);
    const { y } = await network.run<TensorData>({ x: { data, dims: [2] } });
    expect(y).toEqual({ data, dims: [2] });
    await network.dispose();
  });

  it("reads a view into a larger array", async () => {
    const network = await identity("int8");
    const { y } = await network.run<Int8Array>({ x: { data: Int8Array.of(1, 2, 3, 4).subarray(1, 3), dims: [2] } });
    expect(Array.from(y?.data ?? [])).toEqual([2, 3]);
    await network.dispose();
  });

  it("rejects tensors of a different type", async () => {
    const network = await identity("int8");
    await expect(network.run({ x: { data: Uint8Array.of(1), dims: [1] } })).rejects.toThrow(/type/i);
    await network.dispose();
  });
});

describe("OnnxNetwork.dispose", () => {
  it("waits for a pending run", async () => {
    const network = await identity("float");
    const run = network.run({ x: { data: new Float32Array(1_000_000).fill(2), dims: [1_000_000] } });
    await network.dispose();
    expect((await run).y?.data.at(-1)).toBe(2);
  });
});

describe.skipIf(!(await hasWebGpu()))("OnnxNetwork.runOnDevice", () => {
  it("leaves an output on the device and accepts it as an input", async () => {
    const graph = new GraphBuilder();
    graph.op("Add", ["x", "x"], {}, "kept");
    graph.op("Neg", ["x"], {}, "y");
    const bytes = graph.build({ x: ["n"] }, { kept: ["n"], y: ["n"] });
    const network = await OnnxNetwork.create(bytes, { device: "webgpu", onDevice: ["kept"], threads: 1 });
    const { kept } = await network.runOnDevice({ x: { data: Float32Array.of(1, 2), dims: [2] } });
    if (!(kept instanceof DeviceTensor)) throw new Error("a tensor on the device was expected");
    expect(kept.dims).toEqual([2]);
    const again = await network.runOnDevice({ x: kept });
    expect(again.y).toMatchObject({ data: Float32Array.of(-2, -4) });
    for (const tensor of [kept, again.kept]) if (tensor instanceof DeviceTensor) tensor.dispose();
    await network.dispose();
  });
});
