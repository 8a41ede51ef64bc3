import type { Tape, Value } from "../tape.ts";

/** Keeps the length of a row of zeros from 0; the reference implementation's (FaceNet's text has none). */
const epsilon = 1e-10;

/**
 * y = x / |x|, the length taken as sqrt(Σ x² + 1e-10): an embedding on the unit sphere (FaceNet, section 3.1).
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
