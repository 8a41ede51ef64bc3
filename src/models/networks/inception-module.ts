import { concatenation } from "../../engine/graph/layers/combining.ts";
import type { Layer } from "../../engine/graph/layers/layer.ts";
import { l2Pooling, maxPooling } from "../../engine/graph/layers/pooling.ts";
import { convolutionRelu, normalisedConvolution } from "./blocks.ts";

export type InceptionOptions = {
  /** Filters of the 1x1 branch; none at stride 2. */
  readonly one?: number;
  /** Filters of the 1x1 reduction and of the 3x3 convolution after it. */
  readonly three: readonly [number, number];
  /** The same of the 5x5 branch, where there is one. */
  readonly five?: readonly [number, number];
  readonly pool: "max" | "L2";
  /** Filters of the 1x1 reduction after pooling; without, the pooled map goes through. */
  readonly projection?: number;
  /** Of the 3x3 and 5x5 convolutions and of the pooling; the reductions before them see the whole map. Default 1. */
  readonly stride?: 1 | 2;
  /** Whether convolutions are followed by batch normalisation (OpenFace) or have a bias (the paper). Default false. */
  readonly isNormalised?: boolean;
};

/** An Inception module as the rows of FaceNet's table 2 describe it (Szegedy et al. 2015); pooling is always 3x3. */
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
