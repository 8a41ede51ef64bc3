import { maxout } from "../../engine/graph/layers/activations.ts";
import { fullyConnected } from "../../engine/graph/layers/fully-connected.ts";
import { l2Normalisation, localResponseNormalisation } from "../../engine/graph/layers/normalisation.ts";
import { maxPooling } from "../../engine/graph/layers/pooling.ts";
import type { Network } from "../../engine/graph/network.ts";
import { convolutionRelu } from "./blocks.ts";

/**
 * NN1: FaceNet, table 1, after Zeiler and Fergus, with 1x1 convolutions between. The table's "concat" changes nothing and is left
 * out. Its parameters leave biases out, which these layers have.
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
