/** The sum over a window at each of its places, and its transpose: what average and L2 pooling are made of. */
import type { Tape } from "../tape.ts";
import type { Window } from "./window.ts";

/** Padding counts as zeros. */
export function windowSum(
  tape: Tape,
  name: string,
  { kernel, stride, pads }: Pick<Window, "kernel" | "stride" | "pads">,
): string {
  const attributes = { kernel_shape: kernel, strides: [stride, stride], pads, count_include_pad: 1 };
  return tape.op("Mul", [tape.op("AveragePool", [name], attributes), tape.scalar(kernel[0] * kernel[1])]);
}

/** Adds the value at each place of the window to all that the window covers there: the gradient of {@link windowSum}. */
export function windowSpread(
  tape: Tape,
  name: string,
  { kernel, stride, pads, height, width }: Window,
  map: { readonly channels: number; readonly height: number; readonly width: number },
): string {
  const [rows, columns] = kernel;
  if (rows === map.height && columns === map.width && pads.every((side) => side === 0)) {
    const everywhere = tape.constant([1, 1, rows, columns], new Float32Array(rows * columns).fill(1));
    return tape.op("Mul", [name, everywhere.name]);
  }
  const [top, left, bottom, right] = pads;
  const surplus = [(map.height + top + bottom - rows) % stride, (map.width + left + right - columns) % stride];
  let apart = name;
  if (stride > 1) {
    const places = tape.op("Reshape", [name, tape.integers([-1, map.channels, height, 1, width, 1])]);
    const zeros = [0, 0, 0, 0, 0, 0, 0, 0, 0, stride - 1, 0, stride - 1];
    const wide = tape.op("Reshape", [
      tape.op("Pad", [places, tape.integers(zeros)]),
      tape.integers([-1, map.channels, height * stride, width * stride]),
    ]);
    const ends = [(height - 1) * stride + 1 + (surplus[0] ?? 0), (width - 1) * stride + 1 + (surplus[1] ?? 0)];
    apart = tape.op("Slice", [wide, tape.integers([0, 0]), tape.integers(ends), tape.integers([2, 3])]);
  }
  const turned = [rows - 1 - top, columns - 1 - left, rows - 1 - bottom, columns - 1 - right] as const;
  return windowSum(tape, apart, { kernel, stride: 1, pads: turned });
}
