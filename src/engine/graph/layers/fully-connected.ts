import { emitFullyConnected, emitFlatten } from "../operations/fully-connected.ts";
import { type Initialiser, type Layer, type ParameterPlan, planOf, rowOf } from "./layer.ts";

export type FullyConnectedLayerOptions = {
  readonly outputs: number;
  /** Default true. */
  readonly bias?: boolean;
  /** Of the weights. Default: normal, deviation sqrt(1 / inputs). */
  readonly initial?: Initialiser;
};

/** Every output from every input; a map is read as one row. Weights NAME.weight [inputs, outputs], NAME.bias [outputs]. */
export function fullyConnected(name: string, { outputs, bias = true, initial }: FullyConnectedLayerOptions): Layer {
  const names = { weight: `${name}.weight`, bias: `${name}.bias` };
  return {
    name,
    plan(input) {
      const inputs = rowOf(input);
      const weight: ParameterPlan = {
        name: names.weight,
        shape: [inputs, outputs],
        initial: initial ?? { deviation: Math.sqrt(1 / inputs) },
        role: "trained",
        decays: true,
      };
      const offset: ParameterPlan = { name: names.bias, shape: [outputs], initial: { value: 0 }, role: "trained", decays: false };
      const row = { name, kind: "fully connected", input, output: [outputs], multiplyAdds: inputs * outputs };
      return planOf(row, bias ? [weight, offset] : [weight]);
    },
    emit(x, { tape, parameter }) {
      return emitFullyConnected(tape, emitFlatten(tape, x), parameter(names.weight), bias ? parameter(names.bias) : undefined);
    },
  };
}
