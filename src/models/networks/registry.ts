import { fullyConnected } from "../../engine/graph/layers/fully-connected.ts";
import { type Network, planNetwork } from "../../engine/graph/network.ts";
import { FaceNetError } from "../../errors.ts";
import { convnet64 } from "./convnet-64.ts";
import { inceptionResnetV1 } from "./inception-resnet-v1.ts";
import { mobileFaceNet } from "./mobilefacenet.ts";
import { nn4Small } from "./nn4-small.ts";
import { nn1, nn2, nn3, nn4, nns1, nns2 } from "./paper.ts";

/**
 * Trainable architectures, those of the paper first (docs/networks.md).
 *
 * @example
 * import { networks } from "facenet128/training";
 * console.log(networks.map(({ name }) => name).includes("nn4-small")); // true
 */
export const networks: readonly Network[] = [
  nn1,
  nn2,
  nn3,
  nn4,
  nns1,
  nns2,
  nn4Small,
  inceptionResnetV1,
  mobileFaceNet,
  convnet64,
];

/**
 * Architecture by name.
 *
 * @throws FaceNetError NETWORK_NOT_FOUND
 * @example
 * import { findNetwork, planNetwork } from "facenet128/training";
 * console.log(planNetwork(findNetwork("nn4-small")).dimensions); // 128
 */
export function findNetwork(name: string): Network {
  const found = networks.find((network) => network.name === name);
  if (!found) throw new FaceNetError("NETWORK_NOT_FOUND", { network: name, known: networks.map((one) => one.name).join(", ") });
  return found;
}

/**
 * The network with embeddings of another size: its last full connection has as many outputs.
 *
 * @param dimensions undefined: as the network is
 * @throws FaceNetError LAYER_SHAPE for a network without a full connection of its own
 * @example
 * import { findNetwork, planNetwork, withDimensions } from "facenet128/training";
 * console.log(planNetwork(withDimensions(findNetwork("convnet-64"), 64)).dimensions); // 64
 */
export function withDimensions(network: Network, dimensions: number | undefined): Network {
  if (dimensions === undefined) return network;
  const { parameters } = planNetwork(network);
  const weight = parameters.findLast(({ name, shape }) => name.endsWith(".weight") && shape.length === 2)?.name;
  const last = weight?.replace(/\.weight$/, "");
  if (!network.layers.some(({ name }) => name === last))
    throw new FaceNetError("LAYER_SHAPE", {
      layer: network.name,
      reason: "has no full connection that decides the embedding's size",
    });
  const bias = parameters.some(({ name }) => name === `${last}.bias`);
  const resized = fullyConnected(last as string, { outputs: dimensions, bias });
  return { ...network, layers: network.layers.map((layer) => (layer.name === last ? resized : layer)) };
}
