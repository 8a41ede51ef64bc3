import { checkParameters, embeddingsOutput, emitNetwork, imagesInput, type NetworkPlan, type Parameters } from "./network.ts";
import { floats, readModel } from "./onnx-model.ts";
import { Tape } from "./tape.ts";

/**
 * A network with its weights as an ONNX model: `images` [n, 3, height, width] to `embeddings` [n, dimensions], n free.
 * Weights are constants, so ONNX Runtime folds batch normalisation into them and lays them out for its fast kernels.
 *
 * @throws FaceNetError PARAMETERS_MISMATCH for parameters of another network
 */
export function inferenceModel(plan: NetworkPlan, parameters: Parameters): Uint8Array {
  checkParameters(plan, parameters);
  const { network } = plan;
  const tape = new Tape();
  const shapes = new Map(plan.parameters.map(({ name, shape }) => [name, shape]));
  const ofTraining = (name: string): never => {
    throw new Error(`${name}: is of training only`);
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
 * The parameters of a model that {@link inferenceModel} wrote, to go on training from.
 *
 * @throws FaceNetError PARAMETERS_MISMATCH for a model of another network
 */
export function readParameters(plan: NetworkPlan, model: Uint8Array): Map<string, Float32Array> {
  const names = new Set(plan.parameters.map(({ name }) => name));
  const own = readModel(model).graph.initializer.filter(({ name }) => names.has(name));
  const parameters = new Map(own.map((tensor) => [tensor.name, floats(tensor)]));
  checkParameters(plan, parameters);
  return parameters;
}
