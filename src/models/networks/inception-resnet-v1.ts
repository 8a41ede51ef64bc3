/**
 * Inception-ResNet-v1 as in the reference implementation (models/inception_resnet_v1.py; Szegedy et al. 2017 with a
 * smaller reduction):
 * 5 x block35 scaled by 0.17, 10 x block17 by 0.10, 5 x block8 by 0.20 and one without activation. Batch normalisation has no
 * scale parameter there, and one here. The embedding has 512 values, as in its published models.
 */
import { dropout, relu } from "../../engine/graph/layers/activations.ts";
import { concatenation, residual, sequence } from "../../engine/graph/layers/combining.ts";
import { convolution } from "../../engine/graph/layers/convolution.ts";
import { fullyConnected } from "../../engine/graph/layers/fully-connected.ts";
import type { Layer } from "../../engine/graph/layers/layer.ts";
import { batchNormalisation, l2Normalisation } from "../../engine/graph/layers/normalisation.ts";
import { averagePooling, maxPooling } from "../../engine/graph/layers/pooling.ts";
import type { Network } from "../../engine/graph/network.ts";
import { normalisedConvolution as convolve } from "./blocks.ts";

export const inceptionResnetV1: Network = {
  name: "inception-resnet-v1",
  summary: "Inception with residual connections, 160 x 160, 512-D (the reference implementation's)",
  input: { width: 160, height: 160 },
  published: { parameters: "23.47M", source: "Open Model Zoo, facenet-20180408-102900" },
  layers: [
    ...convolve("conv1a", { filters: 32, kernel: 3, stride: 2, padding: "valid" }),
    ...convolve("conv2a", { filters: 32, kernel: 3, padding: "valid" }),
    ...convolve("conv2b", { filters: 64, kernel: 3 }),
    maxPooling("pool3a", { kernel: 3, stride: 2, padding: "valid" }),
    ...convolve("conv3b", { filters: 80, kernel: 1, padding: "valid" }),
    ...convolve("conv4a", { filters: 192, kernel: 3, padding: "valid" }),
    ...convolve("conv4b", { filters: 256, kernel: 3, stride: 2, padding: "valid" }),
    ...Array.from({ length: 5 }, (_, i) => block35(`block35.${i + 1}`)),
    reductionA("reduction-a"),
    ...Array.from({ length: 10 }, (_, i) => block17(`block17.${i + 1}`)),
    reductionB("reduction-b"),
    ...Array.from({ length: 5 }, (_, i) => block8(`block8.${i + 1}`, 0.2)),
    block8("block8.6", 1, false),
    averagePooling("pool"),
    dropout("dropout", 0.8),
    fullyConnected("fc", { outputs: 512, bias: false }),
    batchNormalisation("fc.norm"),
    l2Normalisation("L2"),
  ],
};

/** Branches, projected to the width of the input by a linear 1x1 convolution, scaled and added. */
function block(name: string, branches: Layer[][], width: number, scale: number, isActivated = true): Layer {
  const up = convolution(`${name}.up`, { filters: width, kernel: 1 });
  const sum = residual(name, [concatenation(`${name}.branches`, branches), up], { scale });
  return isActivated ? sequence(name, [sum, relu(`${name}.relu`)]) : sum;
}

function block35(name: string): Layer {
  const one = (branch: string) => convolve(`${name}.${branch}.1x1`, { filters: 32, kernel: 1 });
  const three = (branch: string) => convolve(`${name}.${branch}`, { filters: 32, kernel: 3 });
  const branches = [one("b0"), [...one("b1"), ...three("b1.3x3")], [...one("b2"), ...three("b2.3x3a"), ...three("b2.3x3b")]];
  return block(name, branches, 256, 0.17);
}

function block17(name: string): Layer {
  const one = (branch: string) => convolve(`${name}.${branch}.1x1`, { filters: 128, kernel: 1 });
  const branches = [
    one("b0"),
    [
      ...one("b1"),
      ...convolve(`${name}.b1.1x7`, { filters: 128, kernel: [1, 7] }),
      ...convolve(`${name}.b1.7x1`, { filters: 128, kernel: [7, 1] }),
    ],
  ];
  return block(name, branches, 896, 0.1);
}

function block8(name: string, scale: number, isActivated = true): Layer {
  const one = (branch: string) => convolve(`${name}.${branch}.1x1`, { filters: 192, kernel: 1 });
  const branches = [
    one("b0"),
    [
      ...one("b1"),
      ...convolve(`${name}.b1.1x3`, { filters: 192, kernel: [1, 3] }),
      ...convolve(`${name}.b1.3x1`, { filters: 192, kernel: [3, 1] }),
    ],
  ];
  return block(name, branches, 1792, scale, isActivated);
}

function reductionA(name: string): Layer {
  return concatenation(name, [
    convolve(`${name}.b0`, { filters: 384, kernel: 3, stride: 2, padding: "valid" }),
    [
      ...convolve(`${name}.b1.1x1`, { filters: 192, kernel: 1 }),
      ...convolve(`${name}.b1.3x3`, { filters: 192, kernel: 3 }),
      ...convolve(`${name}.b1`, { filters: 256, kernel: 3, stride: 2, padding: "valid" }),
    ],
    [maxPooling(`${name}.pool`, { kernel: 3, stride: 2, padding: "valid" })],
  ]);
}

function reductionB(name: string): Layer {
  const one = (branch: string) => convolve(`${name}.${branch}.1x1`, { filters: 256, kernel: 1 });
  const down = (branch: string, filters: number) =>
    convolve(`${name}.${branch}`, { filters, kernel: 3, stride: 2, padding: "valid" });
  return concatenation(name, [
    [...one("b0"), ...down("b0", 384)],
    [...one("b1"), ...down("b1", 256)],
    [...one("b2"), ...convolve(`${name}.b2.3x3`, { filters: 256, kernel: 3 }), ...down("b2", 256)],
    [maxPooling(`${name}.pool`, { kernel: 3, stride: 2, padding: "valid" })],
  ]);
}
