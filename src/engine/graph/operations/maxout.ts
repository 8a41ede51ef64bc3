import { FaceNetError } from "../../../errors.ts";
import type { Tape, Value } from "../tape.ts";
import { rowSize } from "./map-size.ts";

/**
 * The largest of `pieces` values (Goodfellow et al. 2013): the row is taken as `pieces` rows one after the other. Of equals the
 * earlier has the gradient.
 *
 * @param x [n, pieces · size]
 * @returns [n, size]
 */
export function emitMaxout(tape: Tape, x: Value, pieces: number): Value {
  const size = rowSize(x) / pieces;
  if (!Number.isInteger(size))
    throw new FaceNetError("LAYER_SHAPE", { layer: x.name, reason: `${rowSize(x)} values are not ${pieces} equal pieces` });
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
