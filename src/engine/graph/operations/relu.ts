import type { Tape, Value } from "../tape.ts";

/** max(x, 0); its derivative at 0 is 0. Any shape. */
export function emitRelu(tape: Tape, x: Value): Value {
  const y = { name: tape.op("Relu", [x.name]), shape: x.shape };
  return tape.record(y, [x], (gradient) => {
    const positive = tape.op("Cast", [tape.op("Greater", [y.name, tape.scalar(0)])], { to: tape.elementType });
    return [tape.op("Mul", [gradient, positive])];
  });
}
