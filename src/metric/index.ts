/** `facenet128/metric`: distances, byte codes, losses, miners and samplers. Pure functions on arrays, without dependencies. */
export { decodeBytes, encodeBytes } from "./byte-code.ts";
export {
  type AdditiveMarginOptions,
  additiveMarginSoftmaxLoss,
  type CenterLoss,
  type ClassBatch,
  type ClassLoss,
  centerLoss,
  type SoftmaxOptions,
  softmaxLoss,
} from "./classification-losses.ts";
export { codeDistance, distanceMatrix, normalize, squaredL2, type Vectors } from "./distance.ts";
export { type Batch, type IdentitySamplerOptions, identitySampler } from "./identity-sampler.ts";
export { applyLinearMap, type EmbeddingPair, fitLinearMap, type LinearMap } from "./linear-map.ts";
export { type MiningOptions, miners, type TripletMiner, type Triplets } from "./miners.ts";
export { principalComponents, project } from "./principal-components.ts";
export { seededRandom } from "./seeded-random.ts";
export { type TripletLoss, tripletLoss } from "./triplet-loss.ts";
