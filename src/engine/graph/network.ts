/**
 * A network as data: name, input size and layers. The plan (layer table, parameters), the inference model and the training graph
 * are derived from it.
 */
import { FaceNetError } from "../../errors.ts";
import { sequence } from "./layers/combining.ts";
import { type Emission, type Layer, type LayerPlan, type ParameterPlan, volume } from "./layers/layer.ts";
import { floats, readModel } from "./onnx-model.ts";
import { Tape, type Value } from "./tape.ts";

/** A network as data: name, input size and layers. */
export type Network = {
  /** Name used in commands. */
  readonly name: string;
  /** One line: description and source. */
  readonly summary: string;
  /** Input size in pixels; images have three channels. */
  readonly input: { readonly width: number; readonly height: number };
  readonly layers: readonly Layer[];
  /** Size as published by its authors: "7.5M", "1.6B". */
  readonly published?: { readonly parameters?: string; readonly multiplyAdds?: string; readonly source: string };
};

/** Sizes of a network: its layer table, parameters and multiply-adds. */
export type NetworkPlan = LayerPlan & {
  readonly network: Network;
  /** Length of an embedding. */
  readonly dimensions: number;
  /** Total number of trained values. */
  readonly parameterCount: number;
  /** Per image. */
  readonly multiplyAdds: number;
};

/** Values of a network's parameters, by name. */
export type Parameters = ReadonlyMap<string, Float32Array>;

/** Name of the images in a graph: [n, 3, height, width]. */
export const imagesInput = "images";
/** Name of the embeddings in a graph: [n, dimensions]. */
export const embeddingsOutput = "embeddings";

/**
 * Sizes, parameters and work of a network.
 *
 * @throws FaceNetError LAYER_SHAPE, naming the layer, if sizes do not match, a name is repeated or the last output is not a row
 * @example
 * import { convolution, fullyConnected, l2Normalisation, planNetwork, relu } from "facenet128/training";
 * const layers = [
 *   convolution("conv", { filters: 8, kernel: 3, stride: 2 }),
 *   relu("relu"),
 *   fullyConnected("fc", { outputs: 16 }),
 *   l2Normalisation("L2"),
 * ];
 * const plan = planNetwork({ name: "tiny", summary: "an example", input: { width: 32, height: 32 }, layers });
 * console.log(plan.dimensions, plan.parameterCount); // 16 33008
 */
export function planNetwork(network: Network): NetworkPlan {
  const { height, width } = network.input;
  const plan = sequence(network.name, network.layers).plan([3, height, width]);
  const [dimensions, ...others] = plan.output;
  if (dimensions === undefined || others.length > 0)
    throw new FaceNetError("LAYER_SHAPE", { layer: network.name, reason: `must end in a row, ends in [${plan.output}]` });
  const seen = new Set<string>();
  for (const { name } of [...plan.parameters, ...plan.masks]) {
    if (seen.has(name)) throw new FaceNetError("LAYER_SHAPE", { layer: name, reason: "is repeated; names must be unique" });
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
 * Initial values of the parameters: normal or constant, as each layer defines.
 *
 * @param random uniform, 0 to below 1
 * @returns by name, row-major
 * @example
 * import { findNetwork, initialParameters, planNetwork } from "facenet128/training";
 * import { seededRandom } from "facenet128/metric";
 * const parameters = initialParameters(planNetwork(findNetwork("convnet-64")), seededRandom(1));
 * console.log(parameters.get("conv1.weight")?.length); // 432
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

/** @throws FaceNetError PARAMETERS_MISMATCH unless exactly the parameters of the plan are given, with their sizes */
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

/**
 * A network with its weights as an ONNX model: `images` [n, 3, height, width] to `embeddings` [n, dimensions], n free.
 * Weights are constants, so ONNX Runtime fuses batch normalisation into them and arranges them for its fast kernels.
 *
 * @throws FaceNetError PARAMETERS_MISMATCH for parameters of a different network
 * @example
 * import { writeFile } from "node:fs/promises";
 * import { findNetwork, inferenceModel, initialParameters, planNetwork } from "facenet128/training";
 * const plan = planNetwork(findNetwork("convnet-64"));
 * await writeFile("convnet-64.onnx", inferenceModel(plan, initialParameters(plan, Math.random)));
 */
export function inferenceModel(plan: NetworkPlan, parameters: Parameters): Uint8Array {
  checkParameters(plan, parameters);
  const { network } = plan;
  const tape = new Tape();
  const shapes = new Map(plan.parameters.map(({ name, shape }) => [name, shape]));
  const ofTraining = (name: string): never => {
    throw new Error(`${name}: is used in training only`);
  };
  const images = tape.input(imagesInput, ["n", 3, network.input.height, network.input.width]);
  const embeddings = emitNetwork(network, images, {
    tape,
    mode: "inference",
    parameter: (name) => tape.constant(shapes.get(name) ?? [], parameters.get(name) ?? [], name),
    replaceState: ofTraining,
    mask: ofTraining,
  });
  tape.output(embeddingsOutput, embeddings);
  return tape.build();
}

/**
 * Reads the parameters from a model written by {@link inferenceModel}, to continue training.
 *
 * @throws FaceNetError PARAMETERS_MISMATCH for a model of a different network
 * @example
 * import { findNetwork, inferenceModel, initialParameters, planNetwork, readParameters } from "facenet128/training";
 * const plan = planNetwork(findNetwork("convnet-64"));
 * const model = inferenceModel(plan, initialParameters(plan, Math.random));
 * console.log(readParameters(plan, model).size === plan.parameters.length); // true
 */
export function readParameters(plan: NetworkPlan, model: Uint8Array): Map<string, Float32Array> {
  const names = new Set(plan.parameters.map(({ name }) => name));
  const own = readModel(model).graph.initializer.filter(({ name }) => names.has(name));
  const parameters = new Map(own.map((tensor) => [tensor.name, floats(tensor)]));
  checkParameters(plan, parameters);
  return parameters;
}

/**
 * Dropout masks of a chunk of images: each value is dropped with probability 1 - keep, and the others are divided by keep, which
 * preserves expected values (Srivastava et al. 2014). Both passes over a chunk use the same masks.
 *
 * @param images number of images in the chunk
 * @param random uniform, 0 to below 1
 * @returns by the name of the mask, [images, ...size]; empty for a network without dropout
 * @example
 * import { drawMasks, findNetwork, planNetwork } from "facenet128/training";
 * console.log(drawMasks(planNetwork(findNetwork("convnet-64")), 8, Math.random).size); // 0
 */
export function drawMasks({ masks }: NetworkPlan, images: number, random: () => number): Parameters {
  return new Map(
    masks.map(({ name, size, keep }) => {
      const mask = new Float32Array(images * volume(size));
      for (let i = 0; i < mask.length; i++) mask[i] = random() < keep ? 1 / keep : 0;
      return [name, mask];
    }),
  );
}
