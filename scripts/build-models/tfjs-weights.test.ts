import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/engine/graph/graph-builder.ts";
import { createNumbers, runNetwork } from "./random-network.ts";
import { convKernel, readTfjsWeights } from "./tfjs-weights.ts";

const bytesOf = (values: readonly number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

describe("readTfjsWeights", () => {
  const manifest = JSON.stringify([
    {
      paths: ["shard1", "shard2"],
      weights: [
        { name: "plain", shape: [2, 2], dtype: "float32" },
        { name: "scalar", shape: [], dtype: "float32" },
        { name: "coded", shape: [3], dtype: "float32", quantization: { dtype: "uint8", scale: 0.5, min: -10 } },
      ],
    },
  ]);
  const all = Buffer.concat([bytesOf([1, -2, 3.5, 0]), bytesOf([7]), Buffer.from([0, 20, 255])]);
  // cut in the middle of a number: shards are one stream
  const shards: Record<string, Buffer> = { shard1: all.subarray(0, 6), shard2: all.subarray(6) };

  it("reads floats and quantised bytes across shards", () => {
    const weights = readTfjsWeights(manifest, (path) => shards[path] as Buffer);
    expect(weights.get("plain")).toEqual({ shape: [2, 2], values: Float32Array.of(1, -2, 3.5, 0) });
    expect(weights.get("scalar")).toEqual({ shape: [], values: Float32Array.of(7) });
    expect(weights.get("coded")?.values).toEqual(Float32Array.of(-10, 0, 117.5));
  });

  it("refuses shards that do not fit their manifest", () => {
    expect(() => readTfjsWeights(manifest, () => all)).toThrow("shards hold 46 bytes, their manifest describes 23");
  });
});

describe("convKernel", () => {
  it("moves [height, width, in, out] to [out, in, height, width]", () => {
    const [h, w, i, o] = [2, 3, 2, 2];
    const values = Float32Array.from({ length: h * w * i * o }, (_, k) => k);
    const plain = convKernel({ shape: [h, w, i, o], values });
    const turned = convKernel({ shape: [h, w, i, o], values }, { transposeSpatial: true });
    expect([plain.dims, turned.dims]).toEqual([
      [2, 2, 2, 3],
      [2, 2, 3, 2],
    ]);
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++)
        for (let c = 0; c < i; c++)
          for (let k = 0; k < o; k++) {
            const value = ((y * w + x) * i + c) * o + k;
            expect(plain.values[((k * i + c) * h + y) * w + x]).toBe(value);
            expect(turned.values[((k * i + c) * w + x) * h + y]).toBe(value);
          }
  });

  it("gives kernels that convolve in ONNX as they did in TensorFlow", async () => {
    const numbers = createNumbers(5);
    const [h, w, i, o] = [2, 3, 2, 4];
    const kernel = Float32Array.from(numbers(h * w * i * o));
    const image = numbers(i * 4 * 5); // [channel, 4, 5]
    const { dims, values } = convKernel({ shape: [h, w, i, o], values: kernel });
    const graph = new GraphBuilder();
    graph.op("Conv", ["x", graph.weight(dims, values)], { kernel_shape: [h, w] }, "y");
    const y = await runNetwork(graph.build({ x: [1, i, 4, 5] }, { y: [1, o, 3, 3] }), image, [1, i, 4, 5]);
    for (let k = 0; k < o; k++)
      for (let row = 0; row < 3; row++)
        for (let column = 0; column < 3; column++) {
          let sum = 0;
          for (let dy = 0; dy < h; dy++)
            for (let dx = 0; dx < w; dx++)
              for (let c = 0; c < i; c++)
                sum +=
                  (image[(c * 4 + row + dy) * 5 + column + dx] as number) * (kernel[((dy * w + dx) * i + c) * o + k] as number);
          expect(y[(k * 3 + row) * 3 + column]).toBeCloseTo(sum, 5);
        }
  });
});
