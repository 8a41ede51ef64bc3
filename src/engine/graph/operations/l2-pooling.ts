import type { Tape, Value } from "../tape.ts";
import { mapSize } from "./map-size.ts";
import { planWindow, type WindowOptions } from "./window.ts";
import { windowSpread, windowSum } from "./window-sum.ts";

/** Keeps the root's slope finite over a window of zeros. */
const epsilon = 1e-10;

/**
 * sqrt(Σ x² + 1e-10) over each window, padding counting as zeros: what NN2 has in place of max pooling in some of its
 * modules (FaceNet, table 2). The sum, not the mean, as Torch's LPPooling in OpenFace's NN2 has it.
 *
 * @param x [n, channels, height, width]
 */
export function emitL2Pooling(tape: Tape, x: Value, options: WindowOptions): Value {
  const size = mapSize(x);
  const window = planWindow(size, options, x.name);
  const squares = windowSum(tape, tape.op("Mul", [x.name, x.name]), window);
  const y = tape.op("Sqrt", [tape.op("Add", [squares, tape.scalar(epsilon)])]);
  const shape = [x.shape[0] ?? "n", size.channels, window.height, window.width];
  return tape.record({ name: y, shape }, [x], (gradient) => {
    const spread = windowSpread(tape, tape.op("Div", [gradient, y]), window, size);
    return [tape.op("Mul", [x.name, spread])];
  });
}
