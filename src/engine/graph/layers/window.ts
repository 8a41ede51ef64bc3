/** Geometry of convolution and pooling windows, and the sum over a window with its transpose. */
import { FaceNetError } from "../../../errors.ts";
import type { Tape, Value } from "../tape.ts";

/** Padding in pixels: "same" as in TensorFlow, "valid" for none, one number for all sides, or [top, left, bottom, right]. */
export type Padding = "same" | "valid" | number | readonly [number, number, number, number];

/** Window of a convolution or pooling layer. */
export type WindowOptions = {
  /** Side, or [height, width], in pixels of the map. */
  readonly kernel: number | readonly [number, number];
  /** Default 1. */
  readonly stride?: number;
  /** Default "same". */
  readonly padding?: Padding;
};

export type Window = {
  readonly kernel: readonly [number, number];
  readonly stride: number;
  /** [top, left, bottom, right] */
  readonly pads: readonly [number, number, number, number];
  readonly height: number;
  readonly width: number;
};

/**
 * @param layer name of the layer, for the error
 * @throws FaceNetError LAYER_SHAPE if the window exceeds the padded map
 */
export function planWindow(
  { height, width }: { readonly height: number; readonly width: number },
  { kernel, stride = 1, padding = "same" }: WindowOptions,
  layer: string,
): Window {
  const sides: readonly [number, number] = typeof kernel === "number" ? [kernel, kernel] : kernel;
  const [kernelHeight, kernelWidth] = sides;
  const pads = padsOf(padding, [height, width], sides, stride);
  const [top, left, bottom, right] = pads;
  if (kernelHeight > height + top + bottom || kernelWidth > width + left + right) {
    const reason = `its window of ${kernelHeight}x${kernelWidth} is larger than the map, ${height}x${width} with padding [${pads}]`;
    throw new FaceNetError("LAYER_SHAPE", { layer, reason });
  }
  return {
    kernel: sides,
    stride,
    pads,
    height: Math.floor((height + top + bottom - kernelHeight) / stride) + 1,
    width: Math.floor((width + left + right - kernelWidth) / stride) + 1,
  };
}

function padsOf(
  padding: Padding,
  map: readonly [number, number],
  kernel: readonly [number, number],
  stride: number,
): readonly [number, number, number, number] {
  if (padding === "valid") return [0, 0, 0, 0];
  if (typeof padding === "number") return [padding, padding, padding, padding];
  if (padding !== "same") return padding;
  const [vertical, horizontal] = [0, 1].map((axis) => {
    const [size, side] = [map[axis] as number, kernel[axis] as number];
    return Math.max(0, (Math.ceil(size / stride) - 1) * stride + side - size);
  }) as [number, number];
  const [top, left] = [vertical >> 1, horizontal >> 1];
  return [top, left, vertical - top, horizontal - left];
}

/** The window as attributes of an ONNX node. */
export function windowAttributes({ kernel, stride, pads }: Window): Record<string, readonly number[]> {
  return { kernel_shape: kernel, strides: [stride, stride], pads };
}

export type MapSize = { readonly channels: number; readonly height: number; readonly width: number };

/** @throws FaceNetError LAYER_SHAPE unless the value is [n, channels, height, width] */
export function mapSize({ name, shape }: Value): MapSize {
  const [, channels, height, width] = shape;
  if (shape.length !== 4 || typeof channels !== "number" || typeof height !== "number" || typeof width !== "number")
    throw new FaceNetError("LAYER_SHAPE", { layer: name, reason: `accepts maps [n, channels, height, width], got [${shape}]` });
  return { channels, height, width };
}

/** @throws FaceNetError LAYER_SHAPE unless the value is [n, size] */
export function rowSize({ name, shape }: Value): number {
  const [, size] = shape;
  if (shape.length !== 2 || typeof size !== "number")
    throw new FaceNetError("LAYER_SHAPE", { layer: name, reason: `accepts rows [n, size], got [${shape}]` });
  return size;
}

/** Sum over each window, with zero padding. */
export function windowSum(
  tape: Tape,
  name: string,
  { kernel, stride, pads }: Pick<Window, "kernel" | "stride" | "pads">,
): string {
  const attributes = { kernel_shape: kernel, strides: [stride, stride], pads, count_include_pad: 1 };
  return tape.op("Mul", [tape.op("AveragePool", [name], attributes), tape.scalar(kernel[0] * kernel[1])]);
}

/** Adds the value at each window position to all inputs the window covers: the gradient of {@link windowSum}. */
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
