/**
 * Graphs of a training step, as ONNX models. Parameters are inputs, by name, so that they can change between steps and stay on a
 * device; the number of images n is free.
 *
 *     embedding graph   images, parameters, masks                           -> embeddings
 *     gradient graph    images, parameters, masks, embeddings:gradient,
 *                       NAME:gradient:before, batchNormMomentum             -> NAME:gradient, STATE:next
 *
 * Both compute in training mode, with the same values. A mini-batch that exceeds the memory is embedded chunk by chunk with the
 * first graph; the loss is differentiated with respect to all its embeddings; then the second graph processes the same chunks
 * with their rows of dLoss/dEmbedding, and accumulates. The sum is the exact gradient of the mini-batch, because the embedding of
 * an image depends on no other image. Batch normalisation is the exception: its statistics are per chunk. The sum is then the
 * exact gradient of a network that normalises per chunk, provided both passes use the same chunks.
 */

import type { Layer } from "./layers/layer.ts";
import { embeddingsOutput, emitNetwork, imagesInput, type NetworkPlan } from "./network.ts";
import { type GraphForm, Tape, type Value } from "./tape.ts";

/** Name of a parameter's gradient, or of dLoss/dEmbedding. */
export const gradientOf = (name: string): string => `${name}:gradient`;
/** Name of the next value of a state. */
export const nextOf = (name: string): string => `${name}:next`;

/** Name of the lengths of embeddings before normalisation, [n]. */
export const normsOutput = "norms";

/**
 * Embeds in training mode: `images`, parameters and masks to `embeddings`, and to `norms` if the network ends in an L2
 * normalisation.
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

/** Name of the decay of batch normalisation's running statistics, a scalar input of the gradient graph. */
export const batchNormMomentumInput = "batchNormMomentum";

/**
 * Back-propagates dLoss/dEmbedding to the trained parameters, and adds the sum of earlier chunks, `NAME:gradient:before`: of the
 * parameter's shape, or for the first chunk a single 0 of the same rank.
 */
export function gradientGraph(plan: NetworkPlan, form: GraphForm = "cpu"): Uint8Array {
  const { tape, embeddings, states } = forward(plan, form, "running");
  const given = tape.input(gradientOf(embeddingsOutput), embeddings.shape);
  const gradients = tape.backward(embeddings, given.name);
  // The runtime starts with the output added last. In this order, the gradients of a layer are finished before those of the layer below
  // start; in the opposite order, they would all stay in memory until the first layer.
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
 * Batch normalisation statistics of a chunk alone: `images`, trained parameters and masks to `STATE:next`, without the running
 * statistics.
 */
export function statisticsGraph(plan: NetworkPlan, form: GraphForm = "cpu"): Uint8Array {
  const { tape, states } = forward(plan, form, "batch");
  for (const [name, next] of states) tape.output(nextOf(name), next);
  return tape.build();
}

/** Name of the sum of a parameter's gradients over earlier chunks. */
export const beforeOf = (name: string): string => `${gradientOf(name)}:before`;

/** @param statistics next running statistics: the moving average, those of the batch, or none */
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
    else values.set(name, { name, shape }); // declared by its layer but unused
  const momentum = statistics === "running" ? tape.input(batchNormMomentumInput, []).name : undefined;
  for (const { name, size } of masks) values.set(name, tape.input(name, ["n", ...size]));
  const states = new Map<string, Value>();
  const planned = (name: string): Value => {
    const value = values.get(name);
    if (!value) throw new Error(`${name}: used by a layer that did not declare it`);
    return value;
  };
  /** Input of the final L2 normalisation, if there is one. */
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
