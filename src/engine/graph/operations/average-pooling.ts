import type { Tape, Value } from "../tape.ts";
import { mapSize } from "./map-size.ts";
import { planWindow, type Window, type WindowOptions } from "./window.ts";
import { windowSpread, windowSum } from "./window-sum.ts";

/**
 * The mean over each window; padding does not count.
 *
 * @param x [n, channels, height, width]
 * @param options without them the window is the whole map
 */
export function emitAveragePooling(tape: Tape, x: Value, options?: WindowOptions): Value {
  const size = mapSize(x);
  const window = planWindow(size, options ?? wholeMap(size), x.name);
  const shares = tape.constant([1, 1, window.height, window.width], sharesOf(window, size)).name;
  const name = tape.op("Mul", [windowSum(tape, x.name, window), shares]);
  const shape = [x.shape[0] ?? "n", size.channels, window.height, window.width];
  return tape.record({ name, shape }, [x], (gradient) => [windowSpread(tape, tape.op("Mul", [gradient, shares]), window, size)]);
}

/** The window that covers a map, at its one place. */
export function wholeMap({ height, width }: { readonly height: number; readonly width: number }): WindowOptions {
  return { kernel: [height, width], padding: "valid" };
}

/** 1 / pixels of the map under the window, at each of its places. */
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
