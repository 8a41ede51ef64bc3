import { residual, sequence } from "../../engine/graph/layers/combining.ts";
import { fullyConnected } from "../../engine/graph/layers/fully-connected.ts";
import type { Layer } from "../../engine/graph/layers/layer.ts";
import { batchNormalisation, l2Normalisation } from "../../engine/graph/layers/normalisation.ts";
import type { Network } from "../../engine/graph/network.ts";
import { type NormalisedOptions, normalisedConvolution } from "./blocks.ts";

/** Chen et al. 2018, table 1: expansion t, output channels c, repetitions n, stride of the first s. */
const bottlenecks = [
  { t: 2, c: 64, n: 5, s: 2 },
  { t: 4, c: 128, n: 1, s: 2 },
  { t: 2, c: 128, n: 6, s: 1 },
  { t: 4, c: 128, n: 1, s: 2 },
  { t: 2, c: 128, n: 2, s: 1 },
] as const;

/** PReLU after every convolution except the linear ones. */
const convolve = (name: string, options: NormalisedOptions) => normalisedConvolution(name, { activation: "prelu", ...options });

/**
 * MobileFaceNet (Chen et al. 2018, table 1): inverted bottlenecks with PReLU, and a global depthwise convolution in place
 * of global average pooling.
 */
export const mobileFaceNet: Network = {
  name: "mobilefacenet",
  summary: "inverted bottlenecks and a global depthwise convolution, 112 x 112 (Chen et al. 2018)",
  input: { width: 112, height: 112 },
  published: { parameters: "0.99M", source: "Chen et al. 2018, table 2" },
  layers: [
    ...convolve("conv1", { filters: 64, kernel: 3, stride: 2 }),
    ...convolve("conv2", { filters: 64, kernel: 3, groups: 64 }),
    ...bottleneckLayers(),
    ...convolve("conv3", { filters: 512, kernel: 1 }),
    ...convolve("global", { filters: 512, kernel: 7, groups: 512, padding: "valid", activation: "none" }),
    fullyConnected("fc", { outputs: 128, bias: false }),
    batchNormalisation("fc.norm"),
    l2Normalisation("L2"),
  ],
};

function bottleneckLayers(): Layer[] {
  let inputs = 64;
  return bottlenecks.flatMap(({ t, c, n, s }, group) =>
    Array.from({ length: n }, (_, i) => {
      const block = bottleneck(`block${group + 1}.${i + 1}`, {
        expanded: t * inputs,
        outputs: c,
        stride: i === 0 ? s : 1,
        inputs,
      });
      inputs = c;
      return block;
    }),
  );
}

type BottleneckOptions = { inputs: number; expanded: number; outputs: number; stride: number };

/** Inverted bottleneck (Sandler et al. 2018): expansion, depthwise convolution, linear projection; residual if shapes allow. */
function bottleneck(name: string, { inputs, expanded, outputs, stride }: BottleneckOptions): Layer {
  const layers = [
    ...convolve(`${name}.expand`, { filters: expanded, kernel: 1 }),
    ...convolve(`${name}.depthwise`, { filters: expanded, kernel: 3, stride, groups: expanded }),
    ...convolve(`${name}.project`, { filters: outputs, kernel: 1, activation: "none" }),
  ];
  return stride === 1 && inputs === outputs ? residual(name, layers) : sequence(name, layers);
}
