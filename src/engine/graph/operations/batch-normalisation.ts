/**
 * Batch normalisation (Ioffe and Szegedy 2015): y = (x - mean) / sqrt(variance + ε) · scale + offset, channel by channel. In training
 * mean and variance are those of the batch and its places, in inference the running ones.
 */
import type { Tape, Value } from "../tape.ts";

/** Each [channels]. */
export type BatchNormalisationParameters = { readonly scale: Value; readonly offset: Value };
/** Each [channels]. */
export type ChannelStatistics = { readonly mean: Value; readonly variance: Value };

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
 * @returns y, and the mean and the (population) variance that it was made with
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
    const share = tape.op("Div", [tape.scalar(channels), count]); // 1 / (values of a channel)
    const slope = times(times(times(factor, inverse), sumByX), share);
    const level = times(times(factor, sum), share);
    const along = tape.op("Add", [times(centred, asMap(slope)), asMap(level)]);
    return [tape.op("Sub", [times(gradient, asMap(factor)), along]), sumByX, sum];
  });
  return { y, batch: { mean: { name: mean, shape: [channels] }, variance: { name: variance, shape: [channels] } } };
}
