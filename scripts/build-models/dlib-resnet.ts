/**
 * dlib's face recognition ResNet (Davis King, 2017: 29 convolutions, 128-D) from the weights that
 * face-api.js ships as quantised bytes. Input [n, 3, 150, 150].
 */
import { GraphBuilder } from "../../src/engine/graph/graph-builder.ts";
import { convKernel, type Weight } from "./tfjs-weights.ts";

export function convertDlibResnet(weights: ReadonlyMap<string, Weight>): Uint8Array {
  const graph = new GraphBuilder();
  const weight = (name: string): Weight => {
    const found = weights.get(name);
    if (!found) throw new Error(`dlib-resnet: no weight ${name}`);
    return found;
  };
  /** Convolution and dlib's per-channel affine layer, folded into one. */
  const conv = (x: string, name: string, { stride = 1, same = true, relu = true } = {}): string => {
    const { dims, values } = convKernel(weight(`${name}/conv/filters`));
    const gain = weight(`${name}/scale/weights`).values;
    const shift = weight(`${name}/scale/biases`).values;
    const bias = weight(`${name}/conv/bias`).values;
    const channels = dims[0] as number;
    const each = values.length / channels;
    const kernel = values.map((v, i) => v * (gain[Math.floor(i / each)] as number));
    const folded = bias.map((b, c) => b * (gain[c] as number) + (shift[c] as number));
    const y = graph.op("Conv", [x, graph.weight(dims, kernel), graph.weight([channels], folded)], {
      kernel_shape: dims.slice(2),
      strides: [stride, stride],
      auto_pad: same ? "SAME_UPPER" : "VALID",
    });
    return relu ? graph.op("Relu", [y]) : y;
  };
  const residual = (x: string, name: string): string =>
    graph.op("Relu", [graph.op("Add", [conv(conv(x, `${name}/conv1`), `${name}/conv2`, { relu: false }), x])]);

  let side = 35;
  let channels = 32;
  /** Halves the map; the narrower of the two branches is padded with zeros, as dlib's add_prev does. */
  const down = (x: string, name: string, wider: number): string => {
    let branch = conv(x, `${name}/conv1`, { stride: 2, same: false });
    branch = conv(branch, `${name}/conv2`, { relu: false });
    let pooled = graph.op("AveragePool", [x], { kernel_shape: [2, 2], strides: [2, 2] });
    const missing = Math.floor(side / 2) - (Math.floor((side - 3) / 2) + 1);
    if (missing > 0) branch = graph.op("Pad", [branch, graph.integers([0, 0, 0, 0, 0, 0, missing, missing])]);
    if (wider > channels) pooled = graph.op("Pad", [pooled, graph.integers([0, 0, 0, 0, 0, wider - channels, 0, 0])]);
    side = Math.floor(side / 2);
    channels = wider;
    return graph.op("Relu", [graph.op("Add", [pooled, branch])]);
  };

  let x = conv("image", "conv32_down", { stride: 2, same: false });
  x = graph.op("MaxPool", [x], { kernel_shape: [3, 3], strides: [2, 2] });
  for (const i of [1, 2, 3]) x = residual(x, `conv32_${i}`);
  x = down(x, "conv64_down", 64);
  for (const i of [1, 2, 3]) x = residual(x, `conv64_${i}`);
  x = down(x, "conv128_down", 128);
  for (const i of [1, 2]) x = residual(x, `conv128_${i}`);
  x = down(x, "conv256_down", 256);
  for (const i of [1, 2]) x = residual(x, `conv256_${i}`);
  x = down(x, "conv256_down_out", 256);
  x = graph.op("Flatten", [graph.op("GlobalAveragePool", [x])], { axis: 1 });
  graph.op("MatMul", [x, graph.weight([256, 128], weight("fc").values)], {}, "embedding");
  return graph.build({ image: ["n", 3, 150, 150] }, { embedding: ["n", 128] });
}
