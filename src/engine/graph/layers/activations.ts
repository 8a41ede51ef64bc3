/** Activations: ReLU, PReLU, maxout; and dropout. */
import { FaceNetError } from "../../../errors.ts";
import type { Tape, Value } from "../tape.ts";
import { emitDropout } from "./combining.ts";
import { emitFlatten } from "./fully-connected.ts";
import { type Layer, planOf, rowOf } from "./layer.ts";
import { rowSize } from "./window.ts";

/**
 * ReLU: max(0, x), of a map or a row.
 *
 * @example
 * import { relu } from "facenet128/training";
 * console.log(relu("conv1.relu").plan([64, 56, 56]).output); // [64, 56, 56]
 */
export function relu(name: string): Layer {
  return {
    name,
    plan: (input) => planOf({ name, kind: "ReLU", input, output: input }),
    emit: (x, { tape }) => emitRelu(tape, x),
  };
}

/**
 * PReLU: x if positive, otherwise slope · x, with one trained slope per channel (He et al. 2015, Delving Deep into Rectifiers).
 * Parameter NAME.slope [channels], initially 0.25.
 *
 * @example
 * import { prelu } from "facenet128/training";
 * console.log(prelu("conv1.prelu").plan([64, 56, 56]).parameters[0]?.shape); // [64]
 */
export function prelu(name: string): Layer {
  const slope = `${name}.slope`;
  return {
    name,
    plan(input) {
      const shape = [input[0] as number];
      const slopes = { name: slope, shape, initial: { value: 0.25 }, role: "trained", decays: false } as const;
      return planOf({ name, kind: "PReLU", input, output: input }, [slopes]);
    },
    emit(x, { tape, mode, parameter }) {
      const isBlocked = mode === "inference" && x.shape.length === 4;
      return (isBlocked ? emitBlockedPrelu : emitPrelu)(tape, x, parameter(slope));
    },
  };
}

/**
 * Maxout (Goodfellow et al. 2013): maximum over `pieces` consecutive slices of a row, which becomes `pieces` times shorter.
 *
 * @throws FaceNetError LAYER_SHAPE, when planned, if the row cannot be divided by `pieces`
 * @example
 * import { maxout } from "facenet128/training";
 * console.log(maxout("fc1.maxout", 2).plan([8192]).output); // [4096]
 */
export function maxout(name: string, pieces: number): Layer {
  return {
    name,
    plan(input) {
      const size = rowOf(input) / pieces;
      if (!Number.isInteger(size)) {
        const reason = `${rowOf(input)} values cannot be split into ${pieces} equal pieces`;
        throw new FaceNetError("LAYER_SHAPE", { layer: name, reason });
      }
      return planOf({ name, kind: `maxout of ${pieces}`, input, output: [size] });
    },
    emit: (x, { tape }) => emitMaxout(tape, emitFlatten(tape, x), pieces),
  };
}

/**
 * Dropout (Srivastava et al. 2014), in training only; {@link drawMasks} draws its mask NAME.mask.
 *
 * @param keep probability that a value is kept, above 0 to 1
 * @throws FaceNetError LAYER_SHAPE, when planned, for another `keep`
 * @example
 * @throws FaceNetError LAYER_SHAPE, when planned, for an invalid `keep`
 * console.log(dropout("drop", 0.8).plan([1792]).masks[0]?.keep); // 0.8
 */
export function dropout(name: string, keep: number): Layer {
  const mask = `${name}.mask`;
  return {
    name,
    plan(input) {
      if (!(keep > 0 && keep <= 1))
        throw new FaceNetError("LAYER_SHAPE", { layer: name, reason: `keep must be above 0 and at most 1, got ${keep}` });
      return planOf({ name, kind: "dropout", input, output: input }, [], [{ name: mask, size: input, keep }]);
    },
    emit: (x, emission) => (emission.mode === "inference" ? x : emitDropout(emission.tape, x, emission.mask(mask))),
  };
}

/** max(x, 0); its derivative at 0 is 0. Any shape. */
export function emitRelu(tape: Tape, x: Value): Value {
  const y = { name: tape.op("Relu", [x.name]), shape: x.shape };
  return tape.record(y, [x], (gradient) => {
    const positive = tape.op("Cast", [tape.op("Greater", [y.name, tape.scalar(0)])], { to: tape.elementType });
    return [tape.op("Mul", [gradient, positive])];
  });
}

/**
 * x if positive, slope · x otherwise, with one slope per channel (He et al. 2015).
 *
 * @param x [n, channels] or [n, channels, height, width]
 * @param slope [channels]
 */
export function emitPrelu(tape: Tape, x: Value, slope: Value): Value {
  const channels = x.shape[1] as number;
  const places = x.shape.slice(2).map(() => 1);
  const slopes = tape.op("Reshape", [slope.name, tape.integers([channels, ...places])]);
  const y = { name: tape.op("PRelu", [x.name, slopes]), shape: x.shape };
  return tape.record(y, [x, slope], (gradient, [wantsX]) => {
    const positive = tape.op("Greater", [x.name, tape.scalar(0)]);
    const negative = tape.op("Mul", [gradient, tape.op("Min", [x.name, tape.scalar(0)])]);
    const axes = tape.integers(places.length === 0 ? [0] : [0, 2, 3]);
    const bySlope = tape.op("ReduceSum", [negative, axes], { keepdims: 0 });
    if (!wantsX) return [undefined, bySlope];
    const factor = tape.op("Where", [positive, tape.scalar(1), slopes]);
    return [tape.op("Mul", [gradient, factor]), bySlope];
  });
}

/**
 * PReLU for inference, from operators in the CPU's blocked memory layout, which has no PReLU: relu(x) - slope · relu(-x), with the
 * scalings as 1x1 depthwise convolutions. Measured on MobileFaceNet, 2 cores: 4.8 to 2.0 ms per face on two threads.
 *
 * @param x [n, channels, height, width]
 * @param slope [channels], a constant
 */
export function emitBlockedPrelu(tape: Tape, x: Value, slope: Value): Value {
  const channels = x.shape[1] as number;
  const depthwise = (name: string, factors: string) =>
    tape.op("Conv", [name, factors], { kernel_shape: [1, 1], group: channels });
  const minusOne = tape.constant([channels, 1, 1, 1], new Float32Array(channels).fill(-1)).name;
  const minusSlope = tape.op("Reshape", [tape.op("Neg", [slope.name]), tape.integers([channels, 1, 1, 1])]);
  const negative = depthwise(tape.op("Relu", [depthwise(x.name, minusOne)]), minusSlope);
  return { name: tape.op("Add", [negative, tape.op("Relu", [x.name])]), shape: x.shape };
}

/**
 * Maxout (Goodfellow et al. 2013) over `pieces` consecutive slices. Of equal values, the first one receives the gradient.
 *
 * @param x [n, pieces · size]
 * @returns [n, size]
 */
export function emitMaxout(tape: Tape, x: Value, pieces: number): Value {
  const size = rowSize(x) / pieces;
  if (!Number.isInteger(size))
    throw new FaceNetError("LAYER_SHAPE", {
      layer: x.name,
      reason: `${rowSize(x)} values cannot be split into ${pieces} equal pieces`,
    });
  const all = tape.op("Reshape", [x.name, tape.integers([-1, pieces, size])]);
  const piece = (i: number) => tape.op("Gather", [all, tape.scalarInteger(i)], { axis: 1 });
  const rows = Array.from({ length: pieces }, (_, i) => piece(i));
  const y = { name: rows.length === 1 ? (rows[0] as string) : tape.op("Max", rows), shape: [x.shape[0] ?? "n", size] };
  return tape.record(y, [x], (gradient) => {
    const parts: string[] = [];
    let unclaimed: string | undefined;
    for (const row of rows) {
      const equal = tape.op("Cast", [tape.op("Equal", [row, y.name])], { to: tape.elementType });
      const claimed: string = unclaimed ? tape.op("Mul", [equal, unclaimed]) : equal;
      unclaimed = tape.op("Sub", [unclaimed ?? tape.scalar(1), claimed]);
      parts.push(tape.op("Mul", [claimed, gradient]));
    }
    return [tape.op("Concat", parts, { axis: 1 })];
  });
}
