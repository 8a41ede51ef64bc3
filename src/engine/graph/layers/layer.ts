/**
 * Interface of layers: a layer plans its sizes, parameters and work without a graph, and emits itself into a graph. The layer
 * table, the inference model and the training graph share this definition.
 */
import { FaceNetError } from "../../../errors.ts";
import type { Tape, Value } from "../tape.ts";

/** Size of a value for one image: [channels, height, width] of a map, [size] of a row. */
export type Size = readonly number[];

/** Initial values of a parameter: normal with mean 0 and this standard deviation, or constant. */
export type Initialiser = { readonly deviation: number } | { readonly value: number };

/** A named tensor of a network. */
export type ParameterPlan = {
  /** Unique within the network: "LAYER.weight". */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initialiser;
  /** "trained": updated by its gradient. "state": a running statistic, replaced by training passes. */
  readonly role: "trained" | "state";
  /** Whether weight decay applies: only to the weights of convolutions and fully connected layers. */
  readonly decays: boolean;
};

/** A random input of training: 0 for dropped values, 1 / keep for others. */
export type MaskPlan = { readonly name: string; readonly size: Size; readonly keep: number };

/** One line of a layer table. */
export type LayerRow = {
  readonly name: string;
  readonly kind: string;
  readonly input: Size;
  readonly output: Size;
  /** Height, width and stride of a window. */
  readonly kernel?: readonly [number, number, number];
  /** Number of trained values. */
  readonly parameters: number;
  /** Multiplications with a weight per image: what the paper counts as FLOPS. */
  readonly multiplyAdds: number;
};

export type LayerPlan = {
  readonly output: Size;
  readonly rows: readonly LayerRow[];
  readonly parameters: readonly ParameterPlan[];
  readonly masks: readonly MaskPlan[];
};

/** Context in which a layer emits its operators. */
export type Emission = {
  readonly tape: Tape;
  /** In training, batch normalisation uses batch statistics, and dropout is active. */
  readonly mode: "inference" | "training";
  /** The value of a planned parameter. */
  readonly parameter: (name: string) => Value;
  /** Sets the next value of a planned state; training only. */
  readonly replaceState: (name: string, next: Value) => void;
  /** Scalar decay of batch normalisation's running statistics; if absent, they become those of the batch. */
  readonly batchNormMomentum?: string;
  /** A planned mask; training only. */
  readonly mask: (name: string) => Value;
  /** Called with the rows that an L2 normalisation scales, [n, size], to access their lengths. */
  readonly onScaled?: (rows: Value) => void;
};

/** A layer: plans its sizes and parameters, and adds its operators to a graph. */
export type Layer = {
  readonly name: string;
  /** @throws FaceNetError LAYER_SHAPE, naming the layer, for an unsupported input */
  readonly plan: (input: Size) => LayerPlan;
  readonly emit: (x: Value, emission: Emission) => Value;
};

/** Plan of a layer with a single row in the table. */
export function planOf(
  row: Pick<LayerRow, "name" | "kind" | "input" | "output"> & Partial<LayerRow>,
  parameters: readonly ParameterPlan[] = [],
  masks: readonly MaskPlan[] = [],
): LayerPlan {
  const trained = parameters.filter(({ role }) => role === "trained");
  const counted = { parameters: trained.reduce((sum, { shape }) => sum + volume(shape), 0), multiplyAdds: 0 };
  return { output: row.output, rows: [{ ...counted, ...row }], parameters, masks };
}

/** Number of values of a tensor. */
export function volume(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Destructures the size of a map. @throws FaceNetError LAYER_SHAPE for a row */
export function mapOf(layer: string, size: Size): { channels: number; height: number; width: number } {
  const [channels, height, width] = size;
  if (channels === undefined || height === undefined || width === undefined)
    throw new FaceNetError("LAYER_SHAPE", { layer, reason: `accepts maps [channels, height, width], got [${size}]` });
  return { channels, height, width };
}

/** Number of values of a row, or of a flattened map. */
export function rowOf(size: Size): number {
  return volume(size);
}
