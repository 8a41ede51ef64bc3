import { fullyConnected } from "../../engine/graph/layers/fully-connected.ts";
import { l2Normalisation, localResponseNormalisation } from "../../engine/graph/layers/normalisation.ts";
import { averagePooling, maxPooling } from "../../engine/graph/layers/pooling.ts";
import type { Network } from "../../engine/graph/network.ts";
import { normalisedConvolution } from "./blocks.ts";
import { type InceptionOptions, inceptionModule } from "./paper.ts";

const inception = (name: string, options: InceptionOptions) => inceptionModule(name, { ...options, isNormalised: true });

/**
 * OpenFace's nn4.small2 (Amos et al. 2016), for training on up to half a million images: NN4 without 4b to 4d and narrower at the
 * end, with batch normalisation. OpenFace also has biases before batch normalisation, which have no effect: with them
 * the trainable parameters are the 3,733,968 that it publishes. All pooling here has the stride of its module and "same" padding.
 */
export const nn4Small: Network = {
  name: "nn4-small",
  summary: "Inception for small training sets, 96 x 96 (OpenFace's nn4.small2)",
  input: { width: 96, height: 96 },
  published: { parameters: "3.7M", source: "OpenFace, models and accuracies" },
  layers: [
    ...normalisedConvolution("conv1", { filters: 64, kernel: 7, stride: 2 }),
    maxPooling("pool1", { kernel: 3, stride: 2 }),
    localResponseNormalisation("norm1"),
    ...normalisedConvolution("2.3x3.reduce", { filters: 64, kernel: 1 }),
    ...normalisedConvolution("2.3x3", { filters: 192, kernel: 3 }),
    localResponseNormalisation("norm2"),
    maxPooling("pool2", { kernel: 3, stride: 2 }),
    inception("3a", { one: 64, three: [96, 128], five: [16, 32], pool: "max", projection: 32 }),
    inception("3b", { one: 64, three: [96, 128], five: [32, 64], pool: "L2", projection: 64 }),
    inception("3c", { three: [128, 256], five: [32, 64], pool: "max", stride: 2 }),
    inception("4a", { one: 256, three: [96, 192], five: [32, 64], pool: "L2", projection: 128 }),
    inception("4e", { three: [160, 256], five: [64, 128], pool: "max", stride: 2 }),
    inception("5a", { one: 256, three: [96, 384], pool: "L2", projection: 96 }),
    inception("5b", { one: 256, three: [96, 384], pool: "max", projection: 96 }),
    averagePooling("pool"),
    fullyConnected("fc", { outputs: 128 }),
    l2Normalisation("L2"),
  ],
};
