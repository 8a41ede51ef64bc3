/** Operations that bring values together, and the two that they need. */
import { FaceNetError } from "../../../errors.ts";
import type { Tape, Value } from "../tape.ts";

/** Of maps or rows along their channels. @throws FaceNetError LAYER_SHAPE where other sizes differ */
export function emitConcatenation(tape: Tape, values: readonly Value[]): Value {
  const [first] = values as [Value, ...Value[]];
  for (const { name, shape } of values)
    if (`${shape.toSpliced(1, 1)}` !== `${first.shape.toSpliced(1, 1)}`)
      throw new FaceNetError("LAYER_SHAPE", { layer: name, reason: `[${shape}] cannot be concatenated with [${first.shape}]` });
  const channels = values.map(({ shape }) => shape[1] as number);
  const total = channels.reduce((a, b) => a + b, 0);
  const names = values.map(({ name }) => name);
  const y = { name: tape.op("Concat", names, { axis: 1 }), shape: first.shape.with(1, total) };
  return tape.record(y, values, (gradient, wanted) => {
    let from = 0;
    return channels.map((count, i) => {
      const places = [[from], [from + count], [1]].map((list) => tape.integers(list));
      from += count;
      return wanted[i] ? tape.op("Slice", [gradient, ...places]) : undefined;
    });
  });
}

/** @throws FaceNetError LAYER_SHAPE for values of two shapes */
export function emitAddition(tape: Tape, a: Value, b: Value): Value {
  if (`${a.shape}` !== `${b.shape}`)
    throw new FaceNetError("LAYER_SHAPE", { layer: b.name, reason: `[${b.shape}] cannot be added to [${a.shape}]` });
  return tape.record({ name: tape.op("Add", [a.name, b.name]), shape: a.shape }, [a, b], (gradient) => [gradient, gradient]);
}

/** x times a constant. */
export function emitScaling(tape: Tape, x: Value, factor: number): Value {
  const scaled = (name: string) => tape.op("Mul", [name, tape.scalar(factor)]);
  return tape.record({ name: scaled(x.name), shape: x.shape }, [x], (gradient) => [scaled(gradient)]);
}

/**
 * Dropout in training: x times a mask of 0 and 1 / keep (Srivastava et al. 2014).
 *
 * @param mask of the shape of x, not differentiated
 */
export function emitDropout(tape: Tape, x: Value, mask: Value): Value {
  const masked = (name: string) => tape.op("Mul", [name, mask.name]);
  return tape.record({ name: masked(x.name), shape: x.shape }, [x], (gradient) => [masked(gradient)]);
}
