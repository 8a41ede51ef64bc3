import { FaceNetError } from "../../../errors.ts";
import type { Tape, Value } from "../tape.ts";
import { rowSize } from "./map-size.ts";

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
    throw new FaceNetError("LAYER_SHAPE", { layer: x.name, reason: `has ${rowSize(x)} values, weights are [${weight.shape}]` });
  const product = tape.op("MatMul", [x.name, weight.name]);
  const name = bias ? tape.op("Add", [product, bias.name]) : product;
  const inputs = bias ? [x, weight, bias] : [x, weight];
  return tape.record({ name, shape: [x.shape[0] ?? "n", outputs] }, inputs, (gradient, [wantsX, wantsWeight, wantsBias]) => [
    wantsX ? tape.op("Gemm", [gradient, weight.name], { transB: 1 }) : undefined,
    wantsWeight ? tape.op("Gemm", [x.name, gradient], { transA: 1 }) : undefined,
    wantsBias ? tape.op("ReduceSum", [gradient, tape.integers([0])], { keepdims: 0 }) : undefined,
  ]);
}

/** [n, channels, height, width] as rows of [n, channels · height · width]; rows stay as they are. */
export function emitFlatten(tape: Tape, x: Value): Value {
  if (x.shape.length === 2) return x;
  const sizes = x.shape.slice(1) as number[];
  const size = sizes.reduce((a, b) => a * b, 1);
  const y = { name: tape.op("Reshape", [x.name, tape.integers([-1, size])]), shape: [x.shape[0] ?? "n", size] };
  return tape.record(y, [x], (gradient) => [tape.op("Reshape", [gradient, tape.integers([-1, ...sizes])])]);
}
