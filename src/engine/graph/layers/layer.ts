/**
 * What a layer is: it can be planned (sizes, parameters and work, without any graph) and it can add itself to a graph. One
 * definition so serves the layer table, the inference model and the training graph.
 */
import { FaceNetError } from "../../../errors.ts";
import type { Tape, Value } from "../tape.ts";

/** Size of one image's value: [channels, height, width] of a map, [size] of a row. */
export type Size = readonly number[];

/** How the values of a parameter begin: normal with mean 0 and this standard deviation, or all the same. */
export type Initialiser = { readonly deviation: number } | { readonly value: number };

/** A named tensor that belongs to a network. */
export type ParameterPlan = {
  /** Unique in the network: "LAYER.weight". */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initialiser;
  /** "trained": by its gradient. "state": a running statistic, which a training pass replaces. */
  readonly role: "trained" | "state";
  /** Whether weight decay applies: to the weights of convolutions and full connections, to nothing else. */
  readonly decays: boolean;
};

/** A random input of training: 0 where a value is dropped, 1 / keep elsewhere. */
export type MaskPlan = { readonly name: string; readonly size: Size; readonly keep: number };

/** One line of a layer table. */
export type LayerRow = {
  readonly name: string;
  readonly kind: string;
  readonly input: Size;
  readonly output: Size;
  /** Height, width and stride of a window. */
  readonly kernel?: readonly [number, number, number];
  /** Trained values. */
  readonly parameters: number;
  /** Multiplications with a weight, for one image: what the paper counts as FLOPS. */
  readonly multiplyAdds: number;
};

export type LayerPlan = {
  readonly output: Size;
  readonly rows: readonly LayerRow[];
  readonly parameters: readonly ParameterPlan[];
  readonly masks: readonly MaskPlan[];
};

/** What a layer needs to add itself to a graph. */
export type Emission = {
  readonly tape: Tape;
  /** In training, batch normalisation uses the statistics of the batch and dropout drops. */
  readonly mode: "inference" | "training";
  /** The value of a planned parameter. */
  readonly parameter: (name: string) => Value;
  /** What a planned state becomes; of training only. */
  readonly replaceState: (name: string, next: Value) => void;
  /** The scalar that is the share of the old value in batch normalisation's running statistics; absent: they become the batch's own. */
  readonly batchNormMomentum?: string;
  /** A planned mask; of training only. */
  readonly mask: (name: string) => Value;
  /** Is told of the rows that an L2 normalisation scales, [n, size], for their lengths. */
  readonly onScaled?: (rows: Value) => void;
};

/** A layer: plans its sizes and parameters, and adds its operators to a graph. */
export type Layer = {
  readonly name: string;
  /** @throws FaceNetError LAYER_SHAPE, naming the layer, for an input that it cannot take */
  readonly plan: (input: Size) => LayerPlan;
  readonly emit: (x: Value, emission: Emission) => Value;
};

/** The plan of a layer that is one row of the table. */
export function planOf(
  row: Pick<LayerRow, "name" | "kind" | "input" | "output"> & Partial<LayerRow>,
  parameters: readonly ParameterPlan[] = [],
  masks: readonly MaskPlan[] = [],
): LayerPlan {
  const trained = parameters.filter(({ role }) => role === "trained");
  const counted = { parameters: trained.reduce((sum, { shape }) => sum + volume(shape), 0), multiplyAdds: 0 };
  return { output: row.output, rows: [{ ...counted, ...row }], parameters, masks };
}

/** How many values a tensor of a shape holds. */
export function volume(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Takes the size of a map apart. @throws FaceNetError LAYER_SHAPE for a row */
export function mapOf(layer: string, size: Size): { channels: number; height: number; width: number } {
  const [channels, height, width] = size;
  if (channels === undefined || height === undefined || width === undefined)
    throw new FaceNetError("LAYER_SHAPE", { layer, reason: `takes maps [channels, height, width], got [${size}]` });
  return { channels, height, width };
}

/** The size of a row, a map counting as one. */
export function rowOf(size: Size): number {
  return volume(size);
}
