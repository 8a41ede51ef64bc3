/** Fully connected layer: x · weight + bias, and flattening of maps to rows. */

import { FaceNetError } from "../../../errors.ts";
import type { Tape, Value } from "../tape.ts";
import { type Initialiser, type Layer, type ParameterPlan, planOf, rowOf } from "./layer.ts";
import { rowSize } from "./window.ts";

/** Options of {@link fullyConnected}. */
export type FullyConnectedLayerOptions = {
  readonly outputs: number;
  /** Default true. */
  readonly bias?: boolean;
  /** Initial weights. Default: normal, deviation sqrt(1 / inputs). */
  readonly initial?: Initialiser;
};

/**
 * Fully connected layer; a map is flattened first. Parameters NAME.weight [inputs, outputs] and NAME.bias [outputs].
 *
 * @example
 * import { fullyConnected } from "facenet128/training";
 * console.log(fullyConnected("fc", { outputs: 128 }).plan([1024]).parameters[0]?.shape); // [1024, 128]
 */
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

/** Flattens a map to a row: what fully connected layers do by themselves. */
export function flattening(name: string): Layer {
  return {
    name,
    plan: (input) => planOf({ name, kind: "flattening", input, output: [rowOf(input)] }),
    emit: (x, { tape }) => emitFlatten(tape, x),
  };
}

/**
 * x · weight + bias.
 *
 * @param x [n, inputs]; maps are flattened first, see {@link emitFlatten}
 * @param weight [inputs, outputs]
 * @param bias [outputs]
 */
export function emitFullyConnected(tape: Tape, x: Value, weight: Value, bias: Value | undefined): Value {
  const outputs = weight.shape[1] as number;
  if (rowSize(x) !== weight.shape[0])
    throw new FaceNetError("LAYER_SHAPE", {
      layer: x.name,
      reason: `has ${rowSize(x)} values, but weights are [${weight.shape}]`,
    });
  const product = tape.op("MatMul", [x.name, weight.name]);
  const name = bias ? tape.op("Add", [product, bias.name]) : product;
  const inputs = bias ? [x, weight, bias] : [x, weight];
  return tape.record({ name, shape: [x.shape[0] ?? "n", outputs] }, inputs, (gradient, [wantsX, wantsWeight, wantsBias]) => [
    wantsX ? tape.op("Gemm", [gradient, weight.name], { transB: 1 }) : undefined,
    wantsWeight ? tape.op("Gemm", [x.name, gradient], { transA: 1 }) : undefined,
    wantsBias ? tape.op("ReduceSum", [gradient, tape.integers([0])], { keepdims: 0 }) : undefined,
  ]);
}

/** Flattens [n, channels, height, width] to rows [n, channels · height · width]; rows are unchanged. */
export function emitFlatten(tape: Tape, x: Value): Value {
  if (x.shape.length === 2) return x;
  const sizes = x.shape.slice(1) as number[];
  const size = sizes.reduce((a, b) => a * b, 1);
  const y = { name: tape.op("Reshape", [x.name, tape.integers([-1, size])]), shape: [x.shape[0] ?? "n", size] };
  return tape.record(y, [x], (gradient) => [tape.op("Reshape", [gradient, tape.integers([-1, ...sizes])])]);
}
