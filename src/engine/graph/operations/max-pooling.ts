/**
 * Max pooling. Its gradient goes to the largest value of each window, the first of equals.
 *
 * On the CPU the runtime tells where that was, and the gradient is scattered there. WebGPU's MaxPool does not tell (onnxruntime
 * 1.30): there each place of the window is compared with the maximum, which on the CPU takes a fifth longer.
 */
import type { Tape, Value } from "../tape.ts";
import { mapSize } from "./map-size.ts";
import { planWindow, type Window, type WindowOptions, windowAttributes } from "./window.ts";

/** @param x [n, channels, height, width] */
export function emitMaxPooling(tape: Tape, x: Value, options: WindowOptions): Value {
  const { channels, height, width } = mapSize(x);
  const window = planWindow({ height, width }, options, x.name);
  const shape = [x.shape[0] ?? "n", channels, window.height, window.width];
  const attributes = windowAttributes(window);
  if (tape.form === "cpu" && tape.isTracked(x)) {
    const [name, indices] = tape.op2("MaxPool", [x.name], attributes);
    return tape.record({ name, shape }, [x], (gradient) => [scatter(tape, x, gradient, indices)]);
  }
  const y = { name: tape.op("MaxPool", [x.name], attributes), shape };
  return tape.record(y, [x], (gradient) => [compare(tape, x, y, gradient, window)]);
}

function scatter(tape: Tape, x: Value, gradient: string, indices: string): string {
  const flat = (name: string) => tape.op("Reshape", [name, tape.integers([-1])]);
  const sizes = tape.op("Shape", [x.name]);
  const zeros = flat(tape.op("Expand", [tape.scalar(0), sizes]));
  const sum = tape.op("ScatterElements", [zeros, flat(indices), flat(gradient)], { axis: 0, reduction: "add" });
  return tape.op("Reshape", [sum, sizes]);
}

/** Less than any value of a map. */
const lowest = -3.4e38;

function compare(tape: Tape, x: Value, y: Value, gradient: string, window: Window): string {
  const { channels, height, width } = mapSize(x);
  const { kernel, stride, pads } = window;
  const [rows, columns] = kernel;
  const [top, left, bottom, right] = pads;
  const padded = tape.op("Pad", [x.name, tape.integers([0, 0, top, left, 0, 0, bottom, right]), tape.scalar(lowest)]);
  // dx falls into stride x stride interleaved grids; tap (i, j) of the windows lands on grid (i mod stride, j mod stride).
  const [gridRows, gridColumns] = [rows, columns].map((side) => Math.floor((side - 1) / stride)) as [number, number];
  const grids = new Map<string, string>();
  let unclaimed: string | undefined;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const ends = [i + (window.height - 1) * stride + 1, j + (window.width - 1) * stride + 1];
      const places = [[i, j], ends, [2, 3], [stride, stride]].map((list) => tape.integers(list));
      const equal = tape.op("Cast", [tape.op("Equal", [tape.op("Slice", [padded, ...places]), y.name])], {
        to: tape.elementType,
      });
      const claimed: string = unclaimed ? tape.op("Mul", [equal, unclaimed]) : equal;
      unclaimed = tape.op("Sub", [unclaimed ?? tape.scalar(1), claimed]);
      const [down, across] = [Math.floor(i / stride), Math.floor(j / stride)];
      const around = [0, 0, down, across, 0, 0, gridRows - down, gridColumns - across];
      const part = tape.op("Pad", [tape.op("Mul", [claimed, gradient]), tape.integers(around)]);
      const key = `${i % stride},${j % stride}`;
      const before = grids.get(key);
      grids.set(key, before ? tape.op("Add", [before, part]) : part);
    }
  const [any] = grids.values();
  const zeros = () => tape.op("Mul", [any as string, tape.scalar(0)]); // of a grid that no tap lands on
  const stacked: string[] = [];
  for (let i = 0; i < stride; i++)
    for (let j = 0; j < stride; j++) stacked.push(tape.op("Unsqueeze", [grids.get(`${i},${j}`) ?? zeros(), tape.integers([2])]));
  const [gridHeight, gridWidth] = [window.height + gridRows, window.width + gridColumns];
  const together = tape.op("Reshape", [
    stacked.length === 1 ? (stacked[0] as string) : tape.op("Concat", stacked, { axis: 2 }),
    tape.integers([-1, stride, stride, gridHeight, gridWidth]),
  ]);
  const interleaved = tape.op("Reshape", [
    tape.op("Transpose", [together], { perm: [0, 3, 1, 4, 2] }),
    tape.integers([-1, channels, gridHeight * stride, gridWidth * stride]),
  ]);
  const roomy = tape.op("Pad", [interleaved, tape.integers([0, 0, 0, 0, 0, 0, stride, stride])]); // for what no window reached
  const places = [
    [top, left],
    [top + height, left + width],
    [2, 3],
  ].map((list) => tape.integers(list));
  return tape.op("Slice", [roomy, ...places]);
}
