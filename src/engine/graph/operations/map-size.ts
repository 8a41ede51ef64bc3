/** The sizes of values as operations read them, and the error of a value that does not fit. */
import { FaceNetError } from "../../../errors.ts";
import type { Value } from "../tape.ts";

export type MapSize = { readonly channels: number; readonly height: number; readonly width: number };

/** @throws FaceNetError LAYER_SHAPE unless the value is [n, channels, height, width] */
export function mapSize({ name, shape }: Value): MapSize {
  const [, channels, height, width] = shape;
  if (shape.length !== 4 || typeof channels !== "number" || typeof height !== "number" || typeof width !== "number")
    throw new FaceNetError("LAYER_SHAPE", { layer: name, reason: `takes maps [n, channels, height, width], got [${shape}]` });
  return { channels, height, width };
}

/** @throws FaceNetError LAYER_SHAPE unless the value is [n, size] */
export function rowSize({ name, shape }: Value): number {
  const [, size] = shape;
  if (shape.length !== 2 || typeof size !== "number")
    throw new FaceNetError("LAYER_SHAPE", { layer: name, reason: `takes rows [n, size], got [${shape}]` });
  return size;
}
