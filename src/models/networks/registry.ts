import type { Network } from "../../engine/graph/network.ts";
import { FaceNetError } from "../../errors.ts";
import { convnet64 } from "./convnet-64.ts";
import { inceptionResnetV1 } from "./inception-resnet-v1.ts";
import { mobileFaceNet } from "./mobilefacenet.ts";
import { nn4Small } from "./nn4-small.ts";
import { nn1, nn2, nn3, nn4, nns1, nns2 } from "./paper.ts";

/**
 * The architectures that can be trained: those of the paper first (docs/networks.md).
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
 * The architecture of that name.
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
