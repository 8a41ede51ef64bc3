/**
 * A network: a name, the size of its images and its layers. Everything else is made from that: the plan (layer table,
 * parameters), the inference model and the training graph.
 */
import { FaceNetError } from "../../errors.ts";
import { sequence } from "./layers/combining.ts";
import type { Emission, Layer, LayerPlan, ParameterPlan } from "./layers/layer.ts";
import type { Value } from "./tape.ts";

export type Network = {
  /** As commands name it. */
  readonly name: string;
  /** One line: what it is and where it comes from. */
  readonly summary: string;
  /** Pixels of its images; they have three channels. */
  readonly input: { readonly width: number; readonly height: number };
  readonly layers: readonly Layer[];
  /** Its size as its authors print it: "7.5M", "1.6B". */
  readonly published?: { readonly parameters?: string; readonly multiplyAdds?: string; readonly source: string };
};

export type NetworkPlan = LayerPlan & {
  readonly network: Network;
  /** Length of an embedding. */
  readonly dimensions: number;
  /** Trained values in all. */
  readonly parameterCount: number;
  /** Of one image. */
  readonly multiplyAdds: number;
};

/** Values of a network's parameters, by name. */
export type Parameters = ReadonlyMap<string, Float32Array>;

/** The value of images in a graph: [n, 3, height, width]. */
export const imagesInput = "images";
/** The value of embeddings in a graph: [n, dimensions]. */
export const embeddingsOutput = "embeddings";

/**
 * Sizes, parameters and work of a network.
 *
 * @throws FaceNetError LAYER_SHAPE, naming the layer, where layers do not fit each other, share a name or do not end in a row
 */
export function planNetwork(network: Network): NetworkPlan {
  const { height, width } = network.input;
  const plan = sequence(network.name, network.layers).plan([3, height, width]);
  const [dimensions, ...others] = plan.output;
  if (dimensions === undefined || others.length > 0)
    throw new FaceNetError("LAYER_SHAPE", { layer: network.name, reason: `must end in a row, ends in [${plan.output}]` });
  const seen = new Set<string>();
  for (const { name } of [...plan.parameters, ...plan.masks]) {
    if (seen.has(name)) throw new FaceNetError("LAYER_SHAPE", { layer: name, reason: "is there twice; names must be unique" });
    seen.add(name);
  }
  const total = (of: "parameters" | "multiplyAdds") => plan.rows.reduce((sum, row) => sum + row[of], 0);
  return { ...plan, network, dimensions, parameterCount: total("parameters"), multiplyAdds: total("multiplyAdds") };
}

/** Adds all layers of a network to a graph. */
export function emitNetwork({ layers, name }: Network, images: Value, emission: Emission): Value {
  return sequence(name, layers).emit(images, emission);
}

/**
 * Values to begin training with.
 *
 * @param random uniform, from 0 to below 1
 */
export function initialParameters(plan: NetworkPlan, random: () => number): Map<string, Float32Array> {
  return new Map(plan.parameters.map((parameter) => [parameter.name, initialValues(parameter, random)]));
}

function initialValues({ shape, initial }: ParameterPlan, random: () => number): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  if ("value" in initial) return values.fill(initial.value);
  // Two normal numbers from two uniform ones (Box and Muller 1958).
  for (let i = 0; i < values.length; i += 2) {
    const radius = initial.deviation * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** @throws FaceNetError PARAMETERS_MISMATCH unless every parameter of the plan is there with its size, and no other */
export function checkParameters({ network, parameters: planned }: NetworkPlan, parameters: Parameters): void {
  const mismatch = (reason: string) => new FaceNetError("PARAMETERS_MISMATCH", { network: network.name, reason });
  for (const { name, shape } of planned) {
    const values = parameters.get(name);
    const count = shape.reduce((product, size) => product * size, 1);
    if (!values) throw mismatch(`${name} is missing`);
    if (values.length !== count) throw mismatch(`${name} must hold ${count} values [${shape}], holds ${values.length}`);
  }
  const known = new Set(planned.map(({ name }) => name));
  for (const name of parameters.keys()) if (!known.has(name)) throw mismatch(`${name} is not a parameter of this network`);
}
