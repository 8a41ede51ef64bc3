import { FaceNetError } from "../../../errors.ts";
import { type ConvolutionOptions, emitConvolution } from "../operations/convolution.ts";
import { planWindow } from "../operations/window.ts";
import { type Initialiser, type Layer, mapOf, type ParameterPlan, planOf } from "./layer.ts";

export type ConvolutionLayerOptions = ConvolutionOptions & {
  readonly filters: number;
  /** Default true; before batch normalisation, which has its own, there is none. */
  readonly bias?: boolean;
  /** Of the weights. Default: normal, deviation sqrt(2 / inputs of a value) (He et al. 2015, for ReLU). */
  readonly initial?: Initialiser;
};

/** Weights NAME.weight [filters, channels / groups, kernel height, kernel width] and NAME.bias [filters]. */
export function convolution(name: string, options: ConvolutionLayerOptions): Layer {
  const { filters, bias = true, groups = 1 } = options;
  const names = { weight: `${name}.weight`, bias: `${name}.bias` };
  return {
    name,
    plan(input) {
      const size = mapOf(name, input);
      const { kernel, stride, height, width } = planWindow(size, options, name);
      const perGroup = size.channels / groups;
      if (!Number.isInteger(perGroup) || filters % groups > 0) {
        const reason = `${size.channels} channels and ${filters} filters cannot be taken in ${groups} groups`;
        throw new FaceNetError("LAYER_SHAPE", { layer: name, reason });
      }
      const fanIn = perGroup * kernel[0] * kernel[1];
      const initial = options.initial ?? { deviation: Math.sqrt(2 / fanIn) };
      const weight: ParameterPlan = {
        name: names.weight,
        shape: [filters, perGroup, ...kernel],
        initial,
        role: "trained",
        decays: true,
      };
      const offset: ParameterPlan = { name: names.bias, shape: [filters], initial: { value: 0 }, role: "trained", decays: false };
      const multiplyAdds = filters * fanIn * height * width;
      const output = [filters, height, width];
      const row = { name, kind: "convolution", input, output, kernel: [...kernel, stride] as const, multiplyAdds };
      return planOf(row, bias ? [weight, offset] : [weight]);
    },
    emit(x, { tape, parameter }) {
      return emitConvolution(tape, x, parameter(names.weight), bias ? parameter(names.bias) : undefined, options);
    },
  };
}
