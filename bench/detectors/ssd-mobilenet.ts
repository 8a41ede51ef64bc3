/**
 * face-api.js's SSD MobileNetV1: its quantised weights as an ONNX network, and what its outputs mean. The longer side
 * is scaled to 512, the rest stays black; limits 0.5 and 0.5 are face-api.js's.
 */

import { convKernel, type Weight } from "../../scripts/build-models/tfjs-weights.ts";
import { GraphBuilder } from "../../src/engine/graph/graph-builder.ts";
import type { FloatTensor, OnnxNetwork } from "../../src/engine/onnx-network.ts";
import { withoutOverlaps } from "../../src/faces/detection/candidate.ts";
import type { Pyramid } from "../../src/image/pyramid.ts";
import { type PixelScaling, warp } from "../../src/image/warp.ts";
import type { Found } from "./scoring.ts";

const SIDE = 512;
const LIMIT = 0.5;
const SAME_FACE = 0.5;
const EPSILON = 0.001;
/** Of MobileNet's 13 pairs of layers, those that halve the map. */
const HALVING = [2, 4, 6, 12];
const scaling: PixelScaling = { mean: [127.5, 127.5, 127.5], scale: 1 / 127.5, channels: "rgb" };

/** Boxes that corrections refer to, [anchors, 4]: top, left, bottom, right as shares of the input. */
export type SsdMobilenet = { readonly bytes: Uint8Array; readonly anchors: Float32Array };

export function convertSsdMobilenet(weights: ReadonlyMap<string, Weight>): SsdMobilenet {
  const graph = new GraphBuilder();
  const weight = (name: string): Weight => {
    const found = weights.get(name);
    if (!found) throw new Error(`ssd-mobilenet: no weight ${name}`);
    return found;
  };
  const relu6 = (x: string): string => graph.op("Clip", [x, graph.weight([], [0]), graph.weight([], [6])]);
  const conv = (x: string, name: string, bias: string, stride = 1): string => {
    const { dims, values } = convKernel(weight(name));
    const shift = weight(bias).values;
    return graph.op("Conv", [x, graph.weight(dims, values), graph.weight([shift.length], shift)], {
      kernel_shape: dims.slice(2),
      strides: [stride, stride],
      auto_pad: "SAME_UPPER",
    });
  };
  const pointwise = (x: string, name: string, stride = 1): string =>
    relu6(conv(x, `${name}/weights`, `${name}/convolution_bn_offset`, stride));
  /** With its batch normalisation folded in. */
  const depthwise = (x: string, name: string, stride: number): string => {
    const { shape, values } = weight(`${name}/depthwise_weights`); // [3, 3, channels, 1]
    const channels = shape[2] as number;
    const [gamma, beta, mean, variance] = ["gamma", "beta", "moving_mean", "moving_variance"].map(
      (part) => weight(`${name}/BatchNorm/${part}`).values,
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const gain = gamma.map((g, c) => g / Math.sqrt((variance[c] as number) + EPSILON));
    const shift = beta.map((b, c) => b - (mean[c] as number) * (gain[c] as number));
    const kernel = new Float32Array(values.length);
    for (let c = 0; c < channels; c++)
      for (let k = 0; k < 9; k++) kernel[c * 9 + k] = (values[k * channels + c] as number) * (gain[c] as number);
    const inputs = [x, graph.weight([channels, 1, 3, 3], kernel), graph.weight([channels], shift)];
    return relu6(
      graph.op("Conv", inputs, { kernel_shape: [3, 3], strides: [stride, stride], auto_pad: "SAME_UPPER", group: channels }),
    );
  };
  const predict = (x: string, index: number, what: string, size: number): string => {
    const name = `Prediction/BoxPredictor_${index}/${what}`;
    const map = graph.op("Transpose", [conv(x, `${name}/weights`, `${name}/biases`)], { perm: [0, 2, 3, 1] });
    return graph.op("Reshape", [map, graph.integers([1, -1, size])]);
  };

  let x = pointwise("image", "MobilenetV1/Conv2d_0_pointwise", 2);
  const features: string[] = [];
  for (let i = 1; i <= 13; i++) {
    x = pointwise(
      depthwise(x, `MobilenetV1/Conv2d_${i}_depthwise`, HALVING.includes(i) ? 2 : 1),
      `MobilenetV1/Conv2d_${i}_pointwise`,
    );
    if (i === 11 || i === 13) features.push(x);
  }
  for (let i = 0; i < 8; i++) {
    x = pointwise(x, `Prediction/Conv2d_${i}_pointwise`, i % 2 === 0 ? 1 : 2);
    if (i % 2 === 1) features.push(x);
  }
  const joined = (what: string, size: number, output: string) =>
    graph.op(
      "Concat",
      features.map((feature, i) => predict(feature, i, what, size)),
      { axis: 1 },
      output,
    );
  joined("BoxEncodingPredictor", 4, "regression");
  joined("ClassPredictor", 3, "scores");
  const anchors = weight("Output/extra_dim").values;
  const count = anchors.length / 4;
  return { bytes: graph.build({ image: [1, 3, SIDE, SIDE] }, { regression: [1, count, 4], scores: [1, count, 3] }), anchors };
}

export async function ssdMobilenet(network: OnnxNetwork, anchors: Float32Array, pyramid: Pyramid): Promise<Found[]> {
  const side = Math.max(pyramid.image.width, pyramid.image.height);
  const data = new Float32Array(3 * SIDE * SIDE);
  warp(pyramid, [side / SIDE, 0, 0, 0, side / SIDE, 0], { width: SIDE, height: SIDE, scaling, out: data });
  const outputs = await network.run({ image: { data, dims: [1, 3, SIDE, SIDE] } });
  const scores = (outputs.scores as FloatTensor).data;
  const regression = (outputs.regression as FloatTensor).data;
  const found: Found[] = [];
  for (let i = 0; i < anchors.length / 4; i++) {
    const confidence = 1 / (1 + Math.exp(-(scores[3 * i + 1] as number)));
    if (confidence <= LIMIT) continue;
    const [top, left, bottom, right] = anchors.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
    const [dy, dx, dh, dw] = regression.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
    const [width, height] = [right - left, bottom - top];
    const y = ((dy / 10) * height + top + height / 2) * side;
    const x = ((dx / 10) * width + left + width / 2) * side;
    const halfHeight = (Math.exp(dh / 5) * height * side) / 2;
    const halfWidth = (Math.exp(dw / 5) * width * side) / 2;
    found.push({ left: x - halfWidth, right: x + halfWidth, top: y - halfHeight, bottom: y + halfHeight, confidence });
  }
  return withoutOverlaps(found, SAME_FACE);
}
