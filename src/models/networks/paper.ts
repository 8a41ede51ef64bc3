/** The networks of the paper: NN1 (table 1), NN2 to NN4 (table 2) and the small NNS1 and NNS2. */
import { maxout } from "../../engine/graph/layers/activations.ts";
import { concatenation } from "../../engine/graph/layers/combining.ts";
import { fullyConnected } from "../../engine/graph/layers/fully-connected.ts";
import type { Layer } from "../../engine/graph/layers/layer.ts";
import { l2Normalisation, localResponseNormalisation } from "../../engine/graph/layers/normalisation.ts";
import { averagePooling, l2Pooling, maxPooling } from "../../engine/graph/layers/pooling.ts";
import type { Network } from "../../engine/graph/network.ts";
import { convolutionRelu, normalisedConvolution } from "./blocks.ts";

/**
 * NN1: FaceNet, table 1, after Zeiler and Fergus, with 1x1 convolutions between. The table's "concat" has no effect and is
 * omitted. Its parameter counts are rounded so coarsely that they hold with and without biases, which these layers have.
 */
export const nn1: Network = {
  name: "nn1",
  summary: "Zeiler and Fergus with 1x1 convolutions and maxout, 220 x 220 (FaceNet, table 1)",
  input: { width: 220, height: 220 },
  published: { parameters: "140M", multiplyAdds: "1.6B", source: "FaceNet, table 1" },
  layers: [
    ...convolutionRelu("conv1", { filters: 64, kernel: 7, stride: 2 }),
    maxPooling("pool1", { kernel: 3, stride: 2 }),
    localResponseNormalisation("rnorm1"),
    ...convolutionRelu("conv2a", { filters: 64, kernel: 1 }),
    ...convolutionRelu("conv2", { filters: 192, kernel: 3 }),
    localResponseNormalisation("rnorm2"),
    maxPooling("pool2", { kernel: 3, stride: 2 }),
    ...convolutionRelu("conv3a", { filters: 192, kernel: 1 }),
    ...convolutionRelu("conv3", { filters: 384, kernel: 3 }),
    maxPooling("pool3", { kernel: 3, stride: 2 }),
    ...convolutionRelu("conv4a", { filters: 384, kernel: 1 }),
    ...convolutionRelu("conv4", { filters: 256, kernel: 3 }),
    ...convolutionRelu("conv5a", { filters: 256, kernel: 1 }),
    ...convolutionRelu("conv5", { filters: 256, kernel: 3 }),
    ...convolutionRelu("conv6a", { filters: 256, kernel: 1 }),
    ...convolutionRelu("conv6", { filters: 256, kernel: 3 }),
    maxPooling("pool4", { kernel: 3, stride: 2 }),
    fullyConnected("fc1", { outputs: 2 * 32 * 128 }),
    maxout("fc1.maxout", 2),
    fullyConnected("fc2", { outputs: 2 * 32 * 128 }),
    maxout("fc2.maxout", 2),
    fullyConnected("fc7128", { outputs: 128 }),
    l2Normalisation("L2"),
  ],
};

export type InceptionOptions = {
  /** Filters of the 1x1 branch; absent at stride 2. */
  readonly one?: number;
  /** Filters of the 1x1 reduction and of the 3x3 convolution after it. */
  readonly three: readonly [number, number];
  /** The same for the 5x5 branch, if there is one. */
  readonly five?: readonly [number, number];
  readonly pool: "max" | "L2";
  /** Filters of the 1x1 reduction after pooling; without it, the pooled map is passed on. */
  readonly projection?: number;
  /**
   * Stride of the 3x3 and 5x5 convolutions and of the pooling; the reductions before them keep the full resolution.
   * Default 1.
   */
  readonly stride?: 1 | 2;
  /** Whether convolutions are followed by batch normalisation (OpenFace) or have a bias (the paper). Default false. */
  readonly isNormalised?: boolean;
};

/** Inception module as in the rows of FaceNet's table 2 (Szegedy et al. 2015); pooling is always 3x3. */
export function inceptionModule(name: string, options: InceptionOptions): Layer {
  const { one, three, five, pool, projection, stride = 1, isNormalised = false } = options;
  const convolve = isNormalised ? normalisedConvolution : convolutionRelu;
  const reduced = (side: 3 | 5, [reduction, filters]: readonly [number, number]): Layer[] => [
    ...convolve(`${name}.${side}x${side}.reduce`, { filters: reduction, kernel: 1 }),
    ...convolve(`${name}.${side}x${side}`, { filters, kernel: side, stride }),
  ];
  const pooling = pool === "max" ? maxPooling : l2Pooling;
  const branches = [
    ...(one === undefined ? [] : [convolve(`${name}.1x1`, { filters: one, kernel: 1 })]),
    reduced(3, three),
    ...(five ? [reduced(5, five)] : []),
    [
      pooling(`${name}.pool`, { kernel: 3, stride }),
      ...(projection === undefined ? [] : convolve(`${name}.pool.project`, { filters: projection, kernel: 1 })),
    ],
  ];
  return concatenation(name, branches);
}

export const nn2: Network = {
  name: "nn2",
  summary: "Inception, 224 x 224 (FaceNet, table 2)",
  input: { width: 224, height: 224 },
  published: { parameters: "7.5M", multiplyAdds: "1.6B", source: "FaceNet, table 2" },
  layers: inceptionLayers(true),
};

export const nn3: Network = {
  name: "nn3",
  summary: "Inception as NN2, 160 x 160 (FaceNet, section 3.3)",
  input: { width: 160, height: 160 },
  published: { parameters: "7.5M", source: "FaceNet, section 3.3" },
  layers: inceptionLayers(true),
};

export const nn4: Network = {
  name: "nn4",
  summary: "Inception without 5x5 convolutions in the higher layers, 96 x 96 (FaceNet, section 3.3)",
  input: { width: 96, height: 96 },
  published: { parameters: "6.6M", multiplyAdds: "285M", source: "FaceNet, section 3.3" },
  layers: inceptionLayers(false),
};

function inceptionLayers(hasFiveAbove: boolean): Layer[] {
  const above = (reduction: number, filters: number) => hasFiveAbove && { five: [reduction, filters] as const };
  return [
    ...convolutionRelu("conv1", { filters: 64, kernel: 7, stride: 2 }),
    maxPooling("pool1", { kernel: 3, stride: 2 }),
    localResponseNormalisation("norm1"),
    ...convolutionRelu("2.3x3.reduce", { filters: 64, kernel: 1 }),
    ...convolutionRelu("2.3x3", { filters: 192, kernel: 3 }),
    localResponseNormalisation("norm2"),
    maxPooling("pool2", { kernel: 3, stride: 2 }),
    inceptionModule("3a", { one: 64, three: [96, 128], five: [16, 32], pool: "max", projection: 32 }),
    inceptionModule("3b", { one: 64, three: [96, 128], five: [32, 64], pool: "L2", projection: 64 }),
    inceptionModule("3c", { three: [128, 256], five: [32, 64], pool: "max", stride: 2 }),
    inceptionModule("4a", { one: 256, three: [96, 192], five: [32, 64], pool: "L2", projection: 128 }),
    inceptionModule("4b", { one: 224, three: [112, 224], five: [32, 64], pool: "L2", projection: 128 }),
    inceptionModule("4c", { one: 192, three: [128, 256], five: [32, 64], pool: "L2", projection: 128 }),
    inceptionModule("4d", { one: 160, three: [144, 288], five: [32, 64], pool: "L2", projection: 128 }),
    inceptionModule("4e", { three: [160, 256], ...above(64, 128), pool: "max", stride: 2 }),
    inceptionModule("5a", { one: 384, three: [192, 384], ...above(48, 128), pool: "L2", projection: 128 }),
    inceptionModule("5b", { one: 384, three: [192, 384], ...above(48, 128), pool: "max", projection: 128 }),
    averagePooling("pool"),
    fullyConnected("fc", { outputs: 128 }),
    l2Normalisation("L2"),
  ];
}

export const nns1: Network = {
  name: "nns1",
  summary: "a smaller NN1, 165 x 165; our own design, sizes from FaceNet (section 3.3)",
  input: { width: 165, height: 165 },
  published: { parameters: "26M", multiplyAdds: "220M", source: "FaceNet, section 3.3" },
  layers: smallLayers({ kernel: 7, filters: [16, 96, 256, 160], hidden: 1664 }),
};

export const nns2: Network = {
  name: "nns2",
  summary: "a tiny NN1, 116 x 140; our own design, sizes from FaceNet (section 3.3)",
  input: { width: 116, height: 140 },
  published: { parameters: "4.3M", multiplyAdds: "20M", source: "FaceNet, section 3.3" },
  layers: smallLayers({ kernel: 3, filters: [16, 24, 80, 96], hidden: 768 }),
};

type SmallOptions = {
  /** Size of the first kernel. */
  kernel: number;
  /** Filters of conv1 to conv4. */
  filters: readonly [number, number, number, number];
  /** Outputs of fc1 and fc2. */
  hidden: number;
};

function smallLayers({ kernel, filters: [a, b, c, d], hidden }: SmallOptions): Layer[] {
  return [
    ...convolutionRelu("conv1", { filters: a, kernel, stride: 2 }),
    maxPooling("pool1", { kernel: 3, stride: 2 }),
    localResponseNormalisation("rnorm1"),
    ...convolutionRelu("conv2a", { filters: a, kernel: 1 }),
    ...convolutionRelu("conv2", { filters: b, kernel: 3 }),
    localResponseNormalisation("rnorm2"),
    maxPooling("pool2", { kernel: 3, stride: 2 }),
    ...convolutionRelu("conv3a", { filters: b, kernel: 1 }),
    ...convolutionRelu("conv3", { filters: c, kernel: 3 }),
    maxPooling("pool3", { kernel: 3, stride: 2 }),
    ...convolutionRelu("conv4a", { filters: c, kernel: 1 }),
    ...convolutionRelu("conv4", { filters: d, kernel: 3 }),
    maxPooling("pool4", { kernel: 3, stride: 2 }),
    fullyConnected("fc1", { outputs: 2 * hidden }),
    maxout("fc1.maxout", 2),
    fullyConnected("fc2", { outputs: 2 * hidden }),
    maxout("fc2.maxout", 2),
    fullyConnected("fc3", { outputs: 128 }),
    l2Normalisation("L2"),
  ];
}
