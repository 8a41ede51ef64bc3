/**
 * The graphs of one training step, as ONNX models. Their parameters are inputs, by name, so that they may change from step to
 * step and stay on a device; the number of images n is free.
 *
 *     embedding graph   images, parameters, masks                           -> embeddings
 *     gradient graph    images, parameters, masks, embeddings:gradient,
 *                       NAME:gradient:before, batchNormMomentum             -> NAME:gradient, STATE:next
 *
 * Both compute in training mode, with the same values. A mini-batch that does not fit the memory is embedded chunk by chunk with
 * the first; the loss is differentiated on all its embeddings; then the second takes the same chunks one by one with their rows of
 * dLoss/dEmbedding, and adds up. That sum is the gradient of the whole mini-batch, exactly, because an image's embedding
 * depends on no other image. Batch normalisation is the exception: its statistics are those of a chunk. The sum then is the
 * exact gradient of a network that normalises chunk by chunk, as long as both passes see the same chunks.
 */

import type { Layer } from "./layers/layer.ts";
import { embeddingsOutput, emitNetwork, imagesInput, type NetworkPlan } from "./network.ts";
import { type GraphForm, Tape, type Value } from "./tape.ts";

/** The name of a parameter's gradient, or of dLoss/dEmbedding. */
export const gradientOf = (name: string): string => `${name}:gradient`;
/** The name of what a state becomes. */
export const nextOf = (name: string): string => `${name}:next`;

/** The name of the lengths of embeddings before they are scaled to 1, [n]. */
export const normsOutput = "norms";

/**
 * Embeds in training mode. `images`, parameters and masks to `embeddings`, and to `norms` if the network ends in an L2 normalisation.
 */
export function embeddingGraph(plan: NetworkPlan, form: GraphForm = "cpu"): Uint8Array {
  const { tape, embeddings, scaled } = forward(plan, form);
  tape.output(embeddingsOutput, embeddings);
  if (scaled) {
    const squares = tape.op("Mul", [scaled.name, scaled.name]);
    const sum = tape.op("ReduceSum", [squares, tape.integers([1])], { keepdims: 0 });
    tape.output(normsOutput, { name: tape.op("Sqrt", [sum]), shape: ["n"] });
  }
  return tape.build();
}

/** The name of the share of the old value in batch normalisation's running statistics: a scalar input of the gradient graph. */
export const batchNormMomentumInput = "batchNormMomentum";

/**
 * Carries dLoss/dEmbedding back to the trained parameters and adds what the chunks before had, `NAME:gradient:before`: of the
 * parameter's shape, or of its rank with one value, 0, for the first chunk.
 */
export function gradientGraph(plan: NetworkPlan, form: GraphForm = "cpu"): Uint8Array {
  const { tape, embeddings, states } = forward(plan, form, "running");
  const given = tape.input(gradientOf(embeddingsOutput), embeddings.shape);
  const gradients = tape.backward(embeddings, given.name);
  // The runtime begins with the output added last. In this order a layer's gradients are done with before those of the layer
  // below begin; the other way round they all wait in memory for the first layer's.
  for (const { name, shape, role } of plan.parameters) {
    if (role === "state") continue;
    const gradient = gradients.get(name);
    if (gradient === undefined) throw new Error(`${name}: the embedding does not depend on it`);
    const free = shape.map((_, axis) => `${beforeOf(name)}:${axis}`);
    const before = tape.input(beforeOf(name), free);
    tape.output(gradientOf(name), { name: tape.op("Add", [gradient, before.name]), shape });
  }
  for (const [name, next] of states) tape.output(nextOf(name), next);
  return tape.build();
}

/**
 * The statistics of one chunk in batch normalisation: `images`, trained parameters and masks to `STATE:next`, in which the running ones
 * have no share.
 */
export function statisticsGraph(plan: NetworkPlan, form: GraphForm = "cpu"): Uint8Array {
  const { tape, states } = forward(plan, form, "batch");
  for (const [name, next] of states) tape.output(nextOf(name), next);
  return tape.build();
}

/** The name of the sum of a parameter's gradients over the chunks before. */
export const beforeOf = (name: string): string => `${gradientOf(name)}:before`;

/** @param statistics what the running statistics become: running on, the batch's own, or nothing */
function forward(
  plan: NetworkPlan,
  form: GraphForm,
  statistics?: "running" | "batch",
): { tape: Tape; embeddings: Value; states: Map<string, Value>; scaled?: Value } {
  const { network, parameters, masks } = plan;
  const tape = new Tape({ form });
  const images = tape.input(imagesInput, ["n", 3, network.input.height, network.input.width]);
  const values = new Map<string, Value>();
  for (const { name, shape, role } of parameters)
    if (role === "trained" || statistics === "running")
      values.set(name, tape.input(name, shape, { tracked: role === "trained" }));
    else values.set(name, { name, shape }); // named by its layer, used by nothing
  const momentum = statistics === "running" ? tape.input(batchNormMomentumInput, []).name : undefined;
  for (const { name, size } of masks) values.set(name, tape.input(name, ["n", ...size]));
  const states = new Map<string, Value>();
  const planned = (name: string): Value => {
    const value = values.get(name);
    if (!value) throw new Error(`${name}: used by a layer that did not plan it`);
    return value;
  };
  /** What the last layer scales, if that is what it does. */
  let scaled: Value | undefined;
  const { name: last } = network.layers.at(-1) as Layer;
  const isScaling = plan.rows.at(-1)?.name === last && plan.rows.at(-1)?.kind === "L2 normalisation";
  const embeddings = emitNetwork(network, images, {
    tape,
    mode: "training",
    ...(momentum !== undefined && { batchNormMomentum: momentum }),
    parameter: planned,
    replaceState: (name, next) => states.set(name, next),
    mask: planned,
    onScaled: (rows) => {
      scaled = rows;
    },
  });
  return { tape, embeddings, states, ...(isScaling && scaled && { scaled }) };
}
