/**
 * NN2 and the networks that differ from it in the size of their images: FaceNet, table 2 and section 3.3.
 *
 * The paper says of NN4 only that it takes 96 x 96 and has no 5x5 convolutions "in the higher layers", at 285M multiply-adds. Left out
 * of 4e, 5a and 5b they make 284.7M, so those are the layers.
 */
import { fullyConnected } from "../../engine/graph/layers/fully-connected.ts";
import type { Layer } from "../../engine/graph/layers/layer.ts";
import { l2Normalisation, localResponseNormalisation } from "../../engine/graph/layers/normalisation.ts";
import { averagePooling, maxPooling } from "../../engine/graph/layers/pooling.ts";
import type { Network } from "../../engine/graph/network.ts";
import { convolutionRelu } from "./blocks.ts";
import { inceptionModule } from "./inception-module.ts";

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
