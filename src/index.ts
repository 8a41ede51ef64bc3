/** The public API. */

export { dropout, maxout, prelu, relu } from "./engine/graph/layers/activations.ts";
export { concatenation, residual, sequence } from "./engine/graph/layers/combining.ts";
export { convolution } from "./engine/graph/layers/convolution.ts";
export { fullyConnected } from "./engine/graph/layers/fully-connected.ts";
export type { Layer, LayerRow, ParameterPlan } from "./engine/graph/layers/layer.ts";
export { batchNormalisation, l2Normalisation, localResponseNormalisation } from "./engine/graph/layers/normalisation.ts";
export { averagePooling, l2Pooling, maxPooling } from "./engine/graph/layers/pooling.ts";
export {
  drawMasks,
  inferenceModel,
  initialParameters,
  type Network,
  type NetworkPlan,
  planNetwork,
  readParameters,
} from "./engine/graph/network.ts";
export type { Optimiser } from "./engine/graph/optimiser.ts";
export { FaceNetError, type FaceNetErrorCode, faceNetErrorCodes } from "./errors.ts";
export type { BatchItem, Progress, Sources } from "./faces/batch.ts";
export {
  type AlignOptions,
  FaceNet,
  type FaceNetOptions,
  type LookOptions,
  type MarkedOptions,
  type MarkedPhotograph,
  type MarkedPhotographs,
  type VerifyOptions,
} from "./faces/facenet.ts";
export type { StageTimes } from "./faces/stage-times.ts";
export { decodeBytes, encodeBytes } from "./metric/byte-code.ts";
export { additiveMarginSoftmaxLoss, centerLoss, softmaxLoss } from "./metric/classification-losses.ts";
export { codeDistance, distanceMatrix, squaredL2 } from "./metric/distance.ts";
export { identitySampler } from "./metric/identity-sampler.ts";
export type { TripletMiner, Triplets } from "./metric/miners.ts";
export { miners } from "./metric/miners.ts";
export { tripletLoss } from "./metric/triplet-loss.ts";
export { readCatalogue } from "./models/model-store.ts";
export { findNetwork, networks } from "./models/networks/registry.ts";
export type { Detection, Embedding, Face, Quality } from "./schemas/face.ts";
export type { FaceChoice } from "./schemas/face-choice.ts";
export type { Box, Landmarks, Point } from "./schemas/geometry.ts";
export type { ImageSource, NamedBytes } from "./schemas/image-source.ts";
export type { AlignedFace, AlignedImage, DetectedImage, EmbeddedFace, EmbeddedImage } from "./schemas/looked-at.ts";
export { type DetectionManifest, type EmbeddingManifest, type ModelCatalogue, ModelManifest } from "./schemas/model-manifest.ts";
export type { RawPixels, RgbImage } from "./schemas/pixels.ts";
export type { ThresholdOrigin } from "./schemas/threshold.ts";
export type { Comparison, Verdict } from "./schemas/verdict.ts";
export { NetworkTrainer, type NetworkTrainerOptions, parametersOf, type TrainerState } from "./training/network-trainer.ts";
