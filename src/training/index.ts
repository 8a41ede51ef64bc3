/** `facenet128/training`: networks as layers, their initial parameters, their training step and their export to ONNX. */
export { dropout, maxout, prelu, relu } from "../engine/graph/layers/activations.ts";
export { concatenation, type ResidualOptions, residual, sequence } from "../engine/graph/layers/combining.ts";
export { type ConvolutionLayerOptions, convolution } from "../engine/graph/layers/convolution.ts";
export { type FullyConnectedLayerOptions, fullyConnected } from "../engine/graph/layers/fully-connected.ts";
export type { Layer, LayerRow, ParameterPlan } from "../engine/graph/layers/layer.ts";
export {
  type BatchNormalisationOptions,
  batchNormalisation,
  type LocalResponseOptions,
  l2Normalisation,
  localResponseNormalisation,
} from "../engine/graph/layers/normalisation.ts";
export { averagePooling, l2Pooling, maxPooling } from "../engine/graph/layers/pooling.ts";
export type { Padding, WindowOptions } from "../engine/graph/layers/window.ts";
export {
  drawMasks,
  inferenceModel,
  initialParameters,
  type Network,
  type NetworkPlan,
  type Parameters,
  planNetwork,
  readParameters,
} from "../engine/graph/network.ts";
export type { Optimiser } from "../engine/graph/optimiser.ts";
export type { FloatTensor } from "../engine/onnx-network.ts";
export { findNetwork, networks, withDimensions } from "../models/networks/registry.ts";
export { type LearningRateSchedule, parseSchedule, type RateCourse, rateCourse, rateOfEpoch } from "./learning-rate.ts";
export {
  NetworkTrainer,
  type NetworkTrainerOptions,
  type ParameterGroup,
  parametersOf,
  type TrainerState,
} from "./network-trainer.ts";
