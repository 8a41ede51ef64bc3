/** Where the window of a convolution or pooling stands on a map. */
import { FaceNetError } from "../../../errors.ts";

/**
 * "same": the map shrinks by the stride alone, to ceil(size / stride); of an odd number of padding rows or columns the last
 * gets one more (as TensorFlow pads). "valid": none. A number: on each side. Or [top, left, bottom, right].
 */
export type Padding = "same" | "valid" | number | readonly [number, number, number, number];

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
 * @param layer whose window it is, for the error
 * @throws FaceNetError LAYER_SHAPE where the window does not fit the padded map
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
