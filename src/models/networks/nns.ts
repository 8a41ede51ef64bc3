/**
 * NNS1 and NNS2, the paper's networks for phones. FaceNet prints their image sizes, parameters and multiply-adds (section 3.3), but no
 * layers: these layouts are our own. They are NN1 with fewer and narrower layers, sized so that they meet the printed figures:
 * 26M parameters and 220M, 4.3M and 20M. "140x116" is read as upright, 140 high.
 */
import { maxout } from "../../engine/graph/layers/activations.ts";
import { fullyConnected } from "../../engine/graph/layers/fully-connected.ts";
import type { Layer } from "../../engine/graph/layers/layer.ts";
import { l2Normalisation, localResponseNormalisation } from "../../engine/graph/layers/normalisation.ts";
import { maxPooling } from "../../engine/graph/layers/pooling.ts";
import type { Network } from "../../engine/graph/network.ts";
import { convolutionRelu } from "./blocks.ts";

export const nns1: Network = {
  name: "nns1",
  summary: "NN1 made smaller, 165 x 165; layout our own, sizes FaceNet's (section 3.3)",
  input: { width: 165, height: 165 },
  published: { parameters: "26M", multiplyAdds: "220M", source: "FaceNet, section 3.3" },
  layers: smallLayers({ kernel: 7, filters: [16, 96, 256, 160], hidden: 1664 }),
};

export const nns2: Network = {
  name: "nns2",
  summary: "NN1 made tiny, 116 x 140; layout our own, sizes FaceNet's (section 3.3)",
  input: { width: 116, height: 140 },
  published: { parameters: "4.3M", multiplyAdds: "20M", source: "FaceNet, section 3.3" },
  layers: smallLayers({ kernel: 3, filters: [16, 24, 80, 96], hidden: 768 }),
};

type SmallOptions = {
  /** Side of the first kernel. */
  kernel: number;
  /** Of conv1 to conv4. */
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
