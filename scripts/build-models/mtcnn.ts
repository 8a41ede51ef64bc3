/**
 * MTCNN's three networks (Zhang et al. 2016) from TensorFlow.js weights.
 *
 * The weights descend from the Matlab original, in which the first spatial axis is x. Here the kernels
 * and the rows of the first fully connected layer are transposed once, so that the networks take
 * ordinary images [n, 3, height, width] in RGB, (x - 127.5) / 128, and give maps [n, c, height, width].
 * P-Net's first 10 channels are padded to 16 with zeros: ONNX Runtime's blocked convolution
 * kernels need a multiple of 16, and the padded network is the faster one.
 */
import { GraphBuilder } from "../../src/engine/graph/graph-builder.ts";
import { convKernel, type Weight } from "./tfjs-weights.ts";

export type MtcnnRole = "pnet" | "rnet" | "onet";

const input = { pnet: ["n", 3, "h", "w"], rnet: ["n", 3, 24, 24], onet: ["n", 3, 48, 48] } as const;
/** Side of the last feature map, which the fully connected layer flattens. */
const flattened = { rnet: 3, onet: 3 } as const;

export function convertMtcnn(role: MtcnnRole, weights: ReadonlyMap<string, Weight>): Uint8Array {
  const graph = new GraphBuilder();
  const weight = (name: string): Weight => {
    const found = weights.get(`${role}/${name}`);
    if (!found) throw new Error(`mtcnn: no weight ${role}/${name}`);
    return found;
  };
  let padded = 0; // zero channels that the previous layer gave

  const conv = (x: string, name: string, output?: string, padTo = 0): string => {
    const kernel = convKernel(weight(`${name}/weights`), { transposeSpatial: true });
    const [o, i, h, w] = kernel.dims as [number, number, number, number];
    const channels = Math.max(o, padTo);
    const values = new Float32Array(channels * (i + padded) * h * w);
    for (let k = 0; k < o; k++) values.set(kernel.values.subarray(k * i * h * w, (k + 1) * i * h * w), k * (i + padded) * h * w);
    const bias = new Float32Array(channels);
    bias.set(weight(`${name}/bias`).values);
    const inputs = [x, graph.weight([channels, i + padded, h, w], values), graph.weight([channels], bias)];
    padded = channels - o;
    return graph.op("Conv", inputs, { kernel_shape: [h, w] }, output);
  };
  const prelu = (x: string, index: number, spatial = true): string => {
    const { values } = weight(`prelu${index}_alpha`);
    const slope = new Float32Array(values.length + padded);
    slope.set(values);
    return graph.op("PRelu", [x, graph.weight(spatial ? [slope.length, 1, 1] : [slope.length], slope)]);
  };
  const pool = (x: string, size: number, same = true): string =>
    graph.op("MaxPool", [x], { kernel_shape: [size, size], strides: [2, 2], auto_pad: same ? "SAME_UPPER" : "VALID" });
  const dense = (x: string, name: string, output?: string, side?: number): string => {
    const { shape, values } = weight(`${name}/weights`);
    const [rows, columns] = shape as [number, number];
    const ordered = side ? rowsToChannelsFirst(values, rows, columns, side) : values;
    return graph.op(
      "Gemm",
      [x, graph.weight(shape, ordered), graph.weight([columns], weight(`${name}/bias`).values)],
      {},
      output,
    );
  };

  let x = prelu(conv("image", "conv1", undefined, role === "pnet" ? 16 : 0), 1);
  x = prelu(conv(pool(x, role === "pnet" ? 2 : 3), "conv2"), 2);
  if (role !== "pnet") x = pool(x, 3, false);
  x = prelu(conv(x, "conv3"), 3);
  if (role === "pnet") {
    graph.op("Softmax", [conv(x, "conv4_1")], { axis: 1 }, "probability");
    conv(x, "conv4_2", "regression");
    return graph.build({ image: input.pnet }, { probability: ["n", 2, "H", "W"], regression: ["n", 4, "H", "W"] });
  }
  if (role === "onet") x = prelu(conv(pool(x, 2), "conv4"), 4);
  x = prelu(dense(graph.op("Flatten", [x], { axis: 1 }), "fc1", undefined, flattened[role]), role === "onet" ? 5 : 4, false);
  graph.op("Softmax", [dense(x, "fc2_1")], { axis: 1 }, "probability");
  dense(x, "fc2_2", "regression");
  if (role === "onet") dense(x, "fc2_3", "points");
  const points = role === "onet" ? { points: ["n", 10] } : {};
  return graph.build({ image: input[role] }, { probability: ["n", 2], regression: ["n", 4], ...points });
}

/** Reorders rows from (x, y, channel) to (channel, y, x). */
function rowsToChannelsFirst(values: Float32Array, rows: number, columns: number, side: number): Float32Array {
  const channels = rows / (side * side);
  if (!Number.isInteger(channels)) throw new Error(`mtcnn: ${rows} rows do not fit a map of ${side} x ${side}`);
  const out = new Float32Array(values.length);
  for (let x = 0; x < side; x++)
    for (let y = 0; y < side; y++)
      for (let c = 0; c < channels; c++) {
        const from = (x * side + y) * channels + c;
        const to = (c * side + y) * side + x;
        out.set(values.subarray(from * columns, (from + 1) * columns), to * columns);
      }
  return out;
}
