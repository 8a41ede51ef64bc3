/** Normalisation: batch (Ioffe and Szegedy 2015), local response (Krizhevsky et al. 2012) and L2. */
import { FaceNetError } from "../../../errors.ts";
import type { Tape, Value } from "../tape.ts";
import { emitFlatten } from "./fully-connected.ts";
import { type Layer, mapOf, type ParameterPlan, planOf, rowOf } from "./layer.ts";
import { mapSize } from "./window.ts";

/** Options of {@link batchNormalisation}. */
export type BatchNormalisationOptions = {
  /** Added to the variance. Default 1e-3, the reference implementation's. */
  readonly epsilon?: number;
};

/**
 * Batch normalisation of maps or rows (Ioffe and Szegedy 2015). Trained: NAME.scale and NAME.offset [channels]. Running
 * statistics, updated by every training pass with a gradient: NAME.mean and NAME.variance [channels].
 *
 * @example
 * import { batchNormalisation } from "facenet128/training";
 * console.log(batchNormalisation("bn").plan([64, 28, 28]).parameters.length); // 4
 */
export function batchNormalisation(name: string, { epsilon = 1e-3 }: BatchNormalisationOptions = {}): Layer {
  const names = { scale: `${name}.scale`, offset: `${name}.offset`, mean: `${name}.mean`, variance: `${name}.variance` };
  return {
    name,
    plan(input) {
      const shape = [input[0] as number];
      const one = (parameter: string, value: number, role: ParameterPlan["role"]): ParameterPlan => {
        return { name: parameter, shape, initial: { value }, role, decays: false };
      };
      const statistics = [one(names.mean, 0, "state"), one(names.variance, 1, "state")];
      const parameters = [one(names.scale, 1, "trained"), one(names.offset, 0, "trained"), ...statistics];
      return planOf({ name, kind: "batch normalisation", input, output: input }, parameters);
    },
    emit(x, { tape, mode, parameter, replaceState, batchNormMomentum }) {
      const trained = { scale: parameter(names.scale), offset: parameter(names.offset) };
      const running = { mean: parameter(names.mean), variance: parameter(names.variance) };
      if (mode === "inference") return emitRunningNormalisation(tape, x, trained, running, epsilon);
      const { y, batch } = emitBatchNormalisation(tape, x, trained, epsilon);
      for (const statistic of ["mean", "variance"] as const) {
        const { name: now, shape } = batch[statistic];
        if (batchNormMomentum === undefined) replaceState(names[statistic], batch[statistic]);
        else {
          const lag = tape.op("Mul", [tape.op("Sub", [running[statistic].name, now]), batchNormMomentum]);
          replaceState(names[statistic], { name: tape.op("Add", [now, lag]), shape });
        }
      }
      return y;
    },
  };
}

/** Trained scale and offset of each channel: NAME.scale and NAME.offset [channels]. Batch normalisation with constant statistics. */
export function channelScaling(name: string): Layer {
  const names = { scale: `${name}.scale`, offset: `${name}.offset` };
  return {
    name,
    plan(input) {
      const one = (parameter: string, value: number): ParameterPlan => {
        return { name: parameter, shape: [input[0] as number], initial: { value }, role: "trained", decays: false };
      };
      return planOf({ name, kind: "channel scaling", input, output: input }, [one(names.scale, 1), one(names.offset, 0)]);
    },
    emit: (x, { tape, parameter }) =>
      emitChannelScaling(tape, x, { scale: parameter(names.scale), offset: parameter(names.offset) }),
  };
}

/**
 * Local response normalisation over neighbouring channels of a map (Krizhevsky et al. 2012, section 3.3).
 *
 * @throws FaceNetError LAYER_SHAPE, when planned, if `size` is even or exceeds the channels
 * @example
 * import { localResponseNormalisation } from "facenet128/training";
 * console.log(localResponseNormalisation("norm1", { size: 5 }).plan([64, 24, 24]).output); // [64, 24, 24]
 */
export function localResponseNormalisation(name: string, options: LocalResponseOptions = {}): Layer {
  const { size = 5 } = options;
  return {
    name,
    plan(input) {
      const { channels } = mapOf(name, input);
      if (size % 2 === 0 || size > channels) {
        const reason = `size must be odd and at most ${channels}, the number of channels; got ${size}`;
        throw new FaceNetError("LAYER_SHAPE", { layer: name, reason });
      }
      return planOf({ name, kind: "local response normalisation", input, output: input });
    },
    emit: (x, { tape }) => emitLocalResponseNormalisation(tape, x, options),
  };
}

/**
 * Scales rows to unit length: the last layer of an embedding network (FaceNet, section 3).
 *
 * @example
 * import { l2Normalisation } from "facenet128/training";
 * console.log(l2Normalisation("L2").plan([128]).output); // [128]
 */
export function l2Normalisation(name: string): Layer {
  return {
    name,
    plan: (input) => planOf({ name, kind: "L2 normalisation", input, output: [rowOf(input)] }),
    emit: (x, { tape, onScaled }) => {
      const rows = emitFlatten(tape, x);
      onScaled?.(rows);
      return emitL2Normalisation(tape, rows);
    },
  };
}

/** Each [channels]. */
export type BatchNormalisationParameters = { readonly scale: Value; readonly offset: Value };
/** Each [channels]. */
export type ChannelStatistics = { readonly mean: Value; readonly variance: Value };

/** scale · x + offset by channel. @param x [n, channels] or [n, channels, height, width] */
export function emitChannelScaling(tape: Tape, x: Value, { scale, offset }: BatchNormalisationParameters): Value {
  const places = x.shape.slice(2).map(() => 1);
  const axes = tape.integers(places.length === 0 ? [0] : [0, 2, 3]);
  const asMap = (name: string) => tape.op("Reshape", [name, tape.integers([1, x.shape[1] as number, ...places])]);
  const over = (name: string) => tape.op("ReduceSum", [name, axes], { keepdims: 0 });
  const factor = asMap(scale.name);
  const y = { name: tape.op("Add", [tape.op("Mul", [x.name, factor]), asMap(offset.name)]), shape: x.shape };
  return tape.record(y, [x, scale, offset], (gradient, [wantsX, wantsScale, wantsOffset]) => [
    wantsX ? tape.op("Mul", [gradient, factor]) : undefined,
    wantsScale ? over(tape.op("Mul", [gradient, x.name])) : undefined,
    wantsOffset ? over(gradient) : undefined,
  ]);
}

/** @param x [n, channels] or [n, channels, height, width] */
export function emitRunningNormalisation(
  tape: Tape,
  x: Value,
  { scale, offset }: BatchNormalisationParameters,
  { mean, variance }: ChannelStatistics,
  epsilon: number,
): Value {
  const inputs = [x, scale, offset, mean, variance].map(({ name }) => name);
  return { name: tape.op("BatchNormalization", inputs, { epsilon: { float: epsilon } }), shape: x.shape };
}

/**
 * @param x [n, channels] or [n, channels, height, width]
 * @returns y, and the mean and (population) variance used
 */
export function emitBatchNormalisation(
  tape: Tape,
  x: Value,
  { scale, offset }: BatchNormalisationParameters,
  epsilon: number,
): { y: Value; batch: ChannelStatistics } {
  const channels = x.shape[1] as number;
  const places = x.shape.slice(2) as number[];
  const axes = tape.integers(places.length === 0 ? [0] : [0, 2, 3]);
  const asMap = (name: string) => tape.op("Reshape", [name, tape.integers([1, channels, ...places.map(() => 1)])]);
  const times = (a: string, b: string) => tape.op("Mul", [a, b]);
  const over = (opType: "ReduceMean" | "ReduceSum", name: string) => tape.op(opType, [name, axes], { keepdims: 0 });

  const mean = over("ReduceMean", x.name); // [channels]
  const centred = tape.op("Sub", [x.name, asMap(mean)]);
  const variance = over("ReduceMean", times(centred, centred));
  const inverse = tape.op("Reciprocal", [tape.op("Sqrt", [tape.op("Add", [variance, tape.scalar(epsilon)])])]);
  const factor = times(inverse, scale.name);
  const y = { name: tape.op("Add", [times(centred, asMap(factor)), asMap(offset.name)]), shape: x.shape };

  tape.record(y, [x, scale, offset], (gradient, [wantsX]) => {
    const sum = over("ReduceSum", gradient);
    const sumByX = times(over("ReduceSum", times(gradient, centred)), inverse); // Σ dy x̂, x̂ = centred · inverse
    if (!wantsX) return [undefined, sumByX, sum];
    // dx = factor (dy - mean(dy) - x̂ mean(dy x̂))
    const count = tape.op("Cast", [tape.op("Size", [x.name])], { to: tape.elementType });
    const share = tape.op("Div", [tape.scalar(channels), count]); // 1 / (values per channel)
    const slope = times(times(times(factor, inverse), sumByX), share);
    const level = times(times(factor, sum), share);
    const along = tape.op("Add", [times(centred, asMap(slope)), asMap(level)]);
    return [tape.op("Sub", [times(gradient, asMap(factor)), along]), sumByX, sum];
  });
  return { y, batch: { mean: { name: mean, shape: [channels] }, variance: { name: variance, shape: [channels] } } };
}

/** Options of {@link localResponseNormalisation}. */
export type LocalResponseOptions = {
  /** Number of neighbouring channels, odd. Default 5. */
  readonly size?: number;
  /** Default 1e-4. */
  readonly alpha?: number;
  /** Default 0.75. */
  readonly beta?: number;
  /** Default 1. */
  readonly bias?: number;
};

/**
 * y = x / s^β with s = bias + α/size Σ x², summed over `size` neighbouring channels (Krizhevsky et al. 2012, section 3.3, with α
 * over size as in ONNX, Caffe and Torch). FaceNet gives no values; the defaults are OpenFace's.
 *
 * Built from elementary operators on every device: ONNX Runtime's own LRN is single-threaded, and WebGPU has none.
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

/** base^-exponent; uses roots where possible, because the runtime's general powers are slow. */
function inversePower(tape: Tape, base: string, exponent: number): string {
  if (exponent === 0.75) {
    const root = tape.op("Sqrt", [base]);
    return tape.op("Reciprocal", [tape.op("Mul", [root, tape.op("Sqrt", [root])])]);
  }
  if (exponent === 0.5) return tape.op("Reciprocal", [tape.op("Sqrt", [base])]);
  return tape.op("Exp", [tape.op("Mul", [tape.op("Log", [base]), tape.scalar(-exponent)])]);
}

/** Keeps the length of a zero row above 0; value of the reference implementation (FaceNet's text has none). */
const epsilon = 1e-10;

/**
 * y = x / |x|, with the length computed as sqrt(Σ x² + 1e-10): an embedding on the unit sphere (FaceNet, section 3.1).
 *
 * @param x [n, size]
 */
export function emitL2Normalisation(tape: Tape, x: Value): Value {
  const sum = (name: string) => tape.op("ReduceSum", [name, tape.integers([1])], { keepdims: 1 });
  const squares = sum(tape.op("Mul", [x.name, x.name]));
  const length = tape.op("Sqrt", [tape.op("Add", [squares, tape.scalar(epsilon)])]);
  const y = { name: tape.op("Div", [x.name, length]), shape: x.shape };
  return tape.record(y, [x], (gradient) => {
    const along = sum(tape.op("Mul", [gradient, y.name]));
    const across = tape.op("Sub", [gradient, tape.op("Mul", [y.name, along])]);
    return [tape.op("Div", [across, length])];
  });
}
