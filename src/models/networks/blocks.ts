/** Layer sequences that several networks share. */
import { prelu, relu } from "../../engine/graph/layers/activations.ts";
import { type ConvolutionLayerOptions, convolution } from "../../engine/graph/layers/convolution.ts";
import type { Layer } from "../../engine/graph/layers/layer.ts";
import { type BatchNormalisationOptions, batchNormalisation } from "../../engine/graph/layers/normalisation.ts";

/** Convolution with bias, ReLU, as in the paper. */
export function convolutionRelu(name: string, options: ConvolutionLayerOptions): Layer[] {
  return [convolution(name, options), relu(`${name}.relu`)];
}

export type NormalisedOptions = ConvolutionLayerOptions & {
  readonly normalisation?: BatchNormalisationOptions;
  /** Default "relu". */
  readonly activation?: "relu" | "prelu" | "none";
};

/** Convolution, batch normalisation, activation. No bias: batch normalisation would cancel it. */
export function normalisedConvolution(
  name: string,
  { normalisation, activation = "relu", ...options }: NormalisedOptions,
): Layer[] {
  const layers = [convolution(name, { ...options, bias: false }), batchNormalisation(`${name}.norm`, normalisation)];
  if (activation === "relu") layers.push(relu(`${name}.relu`));
  if (activation === "prelu") layers.push(prelu(`${name}.prelu`));
  return layers;
}
