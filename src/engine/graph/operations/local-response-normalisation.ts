import type { Tape, Value } from "../tape.ts";
import { mapSize } from "./map-size.ts";

export type LocalResponseOptions = {
  /** Neighbouring channels that are looked at, odd. Default 5. */
  readonly size?: number;
  /** Default 1e-4. */
  readonly alpha?: number;
  /** Default 0.75. */
  readonly beta?: number;
  /** Default 1. */
  readonly bias?: number;
};

/**
 * y = x / s^β with s = bias + α/size Σ x², the sum going over `size` channels around each (Krizhevsky et al. 2012, section 3.3,
 * with α over size as ONNX, Caffe and Torch have it). FaceNet prints no values; the defaults are OpenFace's.
 *
 * Out of elementary operators on every device: ONNX Runtime's own LRN runs on one thread and WebGPU has none.
 *
 * @param x [n, channels, height, width]
 */
export function emitLocalResponseNormalisation(tape: Tape, x: Value, options: LocalResponseOptions): Value {
  const { size = 5, alpha = 1e-4, beta = 0.75, bias = 1 } = options;
  const { channels, height, width } = mapSize(x);
  const half = (size - 1) / 2;
  const channelMean = (name: string) => {
    const planes = tape.op("Reshape", [name, tape.integers([-1, 1, channels, height * width])]);
    const window = { kernel_shape: [size, 1], strides: [1, 1], pads: [half, 0, half, 0], count_include_pad: 1 };
    return tape.op("Reshape", [tape.op("AveragePool", [planes], window), tape.integers([-1, channels, height, width])]);
  };
  const times = (a: string, b: string) => tape.op("Mul", [a, b]);
  const s = tape.op("Add", [times(channelMean(times(x.name, x.name)), tape.scalar(alpha)), tape.scalar(bias)]);
  const inverse = inversePower(tape, s, beta);
  const y = { name: times(x.name, inverse), shape: x.shape };
  return tape.record(y, [x], (gradient) => {
    const around = channelMean(tape.op("Div", [times(gradient, y.name), s]));
    const across = times(times(x.name, around), tape.scalar(2 * alpha * beta));
    return [tape.op("Sub", [times(gradient, inverse), across])];
  });
}

/** base^-exponent; roots where they do, because the runtime's powers of any other exponent are slow. */
function inversePower(tape: Tape, base: string, exponent: number): string {
  if (exponent === 0.75) {
    const root = tape.op("Sqrt", [base]);
    return tape.op("Reciprocal", [tape.op("Mul", [root, tape.op("Sqrt", [root])])]);
  }
  if (exponent === 0.5) return tape.op("Reciprocal", [tape.op("Sqrt", [base])]);
  return tape.op("Exp", [tape.op("Mul", [tape.op("Log", [base]), tape.scalar(-exponent)])]);
}
