import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readModel, writeModel } from "../../src/engine/graph/onnx-model.ts";
import { OnnxNetwork } from "../../src/engine/onnx-network.ts";
import { rewritePrelu } from "./blocked-prelu.ts";
import { createNumbers } from "./random-network.ts";
import { convertSface } from "./sface.ts";

const SIDE = 112;
const original = readFileSync(new URL("../../weights/face_recognition_sface_2021dec_int8bq.onnx", import.meta.url));

describe("SFace, converted", () => {
  it("gives the original's embedding, with pixels scaled outside the network and PReLU in blocked operators", async () => {
    const bytes = Float32Array.from(createNumbers(7)(3 * SIDE * SIDE, 127.5), (value) => Math.round(value + 127.5));
    const expected = await run(published(original), "data", bytes, "fc1");
    const model = readModel(convertSface(original));
    expect(rewritePrelu(model)).toBe(27);
    const scaled = bytes.map((value) => (value - 127.5) / 128);
    const actual = await run(writeModel(model), "image", scaled, "embedding");
    const largest = Math.max(...expected.map(Math.abs));
    expect(largest).toBeGreaterThan(0.1);
    for (const [i, value] of actual.entries()) expect(Math.abs(value - (expected[i] as number))).toBeLessThan(2e-5 * largest);
  });

  it("stays small: the weights are still int8", () => {
    expect(convertSface(original).length).toBeLessThan(11_000_000);
  });
});

/** The published file lists its weights as inputs; without that it takes the picture alone. */
function published(bytes: Uint8Array): Uint8Array {
  const model = readModel(bytes);
  model.graph.input = model.graph.input.filter(({ name }) => name === "data");
  return writeModel(model);
}

async function run(bytes: Uint8Array, input: string, data: Float32Array, output: string): Promise<Float32Array> {
  const network = await OnnxNetwork.create(bytes, { threads: 1 });
  const outputs = await network.run({ [input]: { data, dims: [1, 3, SIDE, SIDE] } });
  await network.dispose();
  return outputs[output]?.data ?? new Float32Array();
}
