/** Pooling: maximum, average and L2. */

import type { Tape, Value } from "../tape.ts";
import { type Layer, mapOf, planOf } from "./layer.ts";
import { mapSize, planWindow, type Window, type WindowOptions, windowAttributes, windowSpread, windowSum } from "./window.ts";

/**
 * Max pooling.
 *
 * @example
 * import { maxPooling } from "facenet128/training";
 * console.log(maxPooling("pool1", { kernel: 3, stride: 2 }).plan([64, 56, 56]).output); // [64, 28, 28]
 */
export function maxPooling(name: string, options: WindowOptions): Layer {
  return pooling(name, "max pooling", options, emitMaxPooling);
}

/**
 * L2 pooling: the square root of the sum of squares in each window (FaceNet, table 2).
 *
 * @example
 * import { l2Pooling } from "facenet128/training";
 * console.log(l2Pooling("pool", { kernel: 3, stride: 1 }).plan([192, 28, 28]).output); // [192, 28, 28]
 */
export function l2Pooling(name: string, options: WindowOptions): Layer {
  return pooling(name, "L2 pooling", options, emitL2Pooling);
}

/**
 * Average pooling; without options over the whole map (global average pooling, Lin et al. 2014).
 *
 * @param countsPadding divides by the size of the window, padding included, instead of the pixels of the map in it
 * @example
 * import { averagePooling } from "facenet128/training";
 * console.log(averagePooling("pool").plan([1792, 3, 3]).output); // [1792, 1, 1]
 */
export function averagePooling(name: string, options?: WindowOptions, countsPadding = false): Layer {
  return pooling(name, "average pooling", options, (tape, x) => emitAveragePooling(tape, x, options, countsPadding));
}

function pooling<Options extends WindowOptions | undefined>(
  name: string,
  kind: string,
  options: Options,
  pool: (tape: Tape, x: Value, options: Options) => Value,
): Layer {
  return {
    name,
    plan(input) {
      const size = mapOf(name, input);
      const { kernel, stride, height, width } = planWindow(size, options ?? wholeMap(size), name);
      return planOf({ name, kind, input, output: [size.channels, height, width], kernel: [...kernel, stride] });
    },
    emit: (x, { tape }) => pool(tape, x, options),
  };
}

/**
 * Mean over each window, without the padding.
 *
 * @param x [n, channels, height, width]
 * @param options default: the whole map
 */
export function emitAveragePooling(tape: Tape, x: Value, options?: WindowOptions, countsPadding = false): Value {
  const size = mapSize(x);
  const window = planWindow(size, options ?? wholeMap(size), x.name);
  const [rows, columns] = window.kernel;
  const shares = countsPadding
    ? tape.scalar(1 / (rows * columns))
    : tape.constant([1, 1, window.height, window.width], sharesOf(window, size)).name;
  const name = tape.op("Mul", [windowSum(tape, x.name, window), shares]);
  const shape = [x.shape[0] ?? "n", size.channels, window.height, window.width];
  return tape.record({ name, shape }, [x], (gradient) => [windowSpread(tape, tape.op("Mul", [gradient, shares]), window, size)]);
}

/** A window that covers the whole map. */
export function wholeMap({ height, width }: { readonly height: number; readonly width: number }): WindowOptions {
  return { kernel: [height, width], padding: "valid" };
}

/** 1 / number of map pixels in the window, at each position. */
function sharesOf(window: Window, map: { readonly height: number; readonly width: number }): Float64Array {
  const { kernel, stride, pads } = window;
  const covered = (place: number, side: number, before: number, size: number) =>
    Math.min(place * stride - before + side, size) - Math.max(place * stride - before, 0);
  return Float64Array.from({ length: window.height * window.width }, (_, i) => {
    const row = covered(Math.floor(i / window.width), kernel[0], pads[0], map.height);
    const column = covered(i % window.width, kernel[1], pads[1], map.width);
    return 1 / (row * column);
  });
}

/** Keeps the derivative of the root finite for windows of zeros. */
const epsilon = 1e-10;

/**
 * sqrt(Σ x² + 1e-10) over each window, with zero padding: used by some modules of NN2 instead of max pooling (FaceNet, table 2).
 * The sum, not the mean, as in Torch's LPPooling of OpenFace's NN2.
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

/** Smaller than any value of a map. */
const lowest = -3.4e38;

function compare(tape: Tape, x: Value, y: Value, gradient: string, window: Window): string {
  const { channels, height, width } = mapSize(x);
  const { kernel, stride, pads } = window;
  const [rows, columns] = kernel;
  const [top, left, bottom, right] = pads;
  const padded = tape.op("Pad", [x.name, tape.integers([0, 0, top, left, 0, 0, bottom, right]), tape.scalar(lowest)]);
  // dx is split into stride x stride interleaved grids; tap (i, j) of the windows belongs to grid (i mod stride, j mod stride).
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
  const zeros = () => tape.op("Mul", [any as string, tape.scalar(0)]); // for a grid without taps
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
  const roomy = tape.op("Pad", [interleaved, tape.integers([0, 0, 0, 0, 0, 0, stride, stride])]); // for pixels outside all windows
  const places = [
    [top, left],
    [top + height, left + width],
    [2, 3],
  ].map((list) => tape.integers(list));
  return tape.op("Slice", [roomy, ...places]);
}
