/** Imports an ONNX embedding network for training: its nodes become one layer of the training graph. */
import { FaceNetError, reasonOf } from "../../errors.ts";
import { emitConvolution } from "./layers/convolution.ts";
import type { Emission, Layer, Size } from "./layers/layer.ts";
import { l2Normalisation } from "./layers/normalisation.ts";
import type { Network, Parameters } from "./network.ts";
import { readModel } from "./onnx-model.ts";
import { networkNodes } from "./onnx-nodes.ts";
import { stepsOf } from "./onnx-operators.ts";
import type { Value } from "./tape.ts";

/** Converts images to the format a file expects: channel i is scales[i] · image[order[i]] + offsets[i]. */
export type ChannelTransform = {
  readonly order: readonly number[];
  readonly scales: readonly number[];
  readonly offsets: readonly number[];
};

export type ImportOptions = {
  /** Name for errors and reports. */
  readonly name: string;
  readonly input: Network["input"];
  /** Applied to the images first. Default: identity. */
  readonly transform?: ChannelTransform;
  /** First trained layer, such as "conv20"; earlier layers keep their weights. Default: the first one. */
  readonly from?: string;
};

/**
 * A network that ends in an L2 normalisation, and the values of its trained parameters.
 *
 * @param bytes an ONNX file: images [n, 3, height, width] to embeddings [n, dimensions]
 * @throws FaceNetError NETWORK_NOT_TRAINABLE, naming the operator without a derivative; OPTION_INVALID for an unknown layer
 */
export async function importNetwork(
  bytes: Uint8Array,
  { name, input, transform, from }: ImportOptions,
): Promise<{ readonly network: Network; readonly parameters: Parameters }> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new FaceNetError("NETWORK_NOT_TRAINABLE", { network: name, reason }, cause);
  };
  const graph = await networkNodes(readModel(bytes)).catch((error: unknown) => refuse(reasonOf(error), error));
  const steps = stepsOf(graph, refuse);
  const layers = steps.filter(({ tensors }) => Object.keys(tensors).length > 0).map((step) => step.name);
  const start = from === undefined ? 0 : layers.indexOf(from);
  if (start < 0)
    throw new FaceNetError("OPTION_INVALID", {
      option: "tune",
      reason: `${name} has no layer ${from}; it has ${layers.join(", ")}`,
    });
  const frozen = new Map(
    steps.filter((step) => layers.indexOf(step.name) < start).flatMap(({ tensors }) => Object.entries(tensors)),
  );
  const imported: Layer = {
    name: "imported",
    plan(size) {
      const sizes = new Map([[graph.images, size]]);
      const plans = steps.map((step) => {
        const plan = step.plan(step.inputs.map((name) => sizes.get(name) as Size));
        sizes.set(step.output, plan.output);
        return plan;
      });
      const parameters = plans.flatMap((plan) => plan.parameters).filter((parameter) => !frozen.has(parameter.name));
      return { output: sizes.get(graph.output) as Size, rows: plans.flatMap(({ rows }) => rows), parameters, masks: [] };
    },
    emit(images, emission) {
      const { tape } = emission;
      const parameter = (name: string): Value => {
        const kept = frozen.get(name);
        return kept ? tape.constant(kept.dims, kept.data, name) : emission.parameter(name);
      };
      const values = new Map([[graph.images, transform ? emitTransform(images, emission, transform) : images]]);
      for (const step of steps) {
        const inputs = step.inputs.map((name) => values.get(name) as Value);
        // What has no gradient is computed as in inference, with the faster operators.
        const isFrozen =
          Object.keys(step.tensors).every((name) => frozen.has(name)) && !inputs.some((value) => tape.isTracked(value));
        values.set(step.output, step.emit(inputs, { ...emission, parameter, ...(isFrozen && { mode: "inference" }) }));
      }
      return values.get(graph.output) as Value;
    },
  };
  const trained = steps.flatMap(({ tensors }) => Object.entries(tensors)).filter(([name]) => !frozen.has(name));
  return {
    network: { name, summary: "imported from an ONNX file", input, layers: [imported, l2Normalisation("L2")] },
    parameters: new Map(trained.map(([name, { data }]) => [name, data])),
  };
}

function emitTransform(images: Value, { tape }: Emission, { order, scales, offsets }: ChannelTransform): Value {
  const weights = scales.flatMap((scale, i) => order.map((_, channel) => (channel === order[i] ? scale : 0)));
  const [weight, bias] = [tape.constant([scales.length, order.length, 1, 1], weights), tape.constant([scales.length], offsets)];
  return emitConvolution(tape, images, weight, bias, { kernel: 1 });
}
