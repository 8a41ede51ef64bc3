/**
 * `facenet128`: faces in photographs, embeddings, verification, and galleries of people. Other entry points: `facenet128/metric`
 * (distances, losses, miners), `facenet128/training` (networks and their training) and `facenet128/client` (the HTTP service).
 */
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
export {
  type ClusterOptions,
  type ClusterResult,
  type EnrollOptions,
  type EnrollResult,
  type ExportOptions,
  type ExportResult,
  type FacesOptions,
  type FindOptions,
  type FindResult,
  Gallery,
  type GalleryOptions,
  type GalleryPerson,
  type IdentifiedImage,
  type IdentifyOptions,
  type ImportResult,
  type IndexOptions,
  type IndexResult,
  type ListedFace,
  type LookalikeOptions,
  type LookalikeResult,
  type PeopleOptions,
  type PhotographSource,
} from "./library/gallery.ts";
export {
  type CalibrateOptions,
  calibrate,
  type EvaluateOptions,
  evaluate,
  type TrainOptions,
  type TrainResult,
  train,
} from "./library/own-model.ts";
export type { RunOptions } from "./library/run-operation.ts";
export { readCatalogue } from "./models/model-store.ts";
export type { GalleryCalibration, LabelledCalibration } from "./schemas/calibration.ts";
export type { Evaluation, ModelComparison } from "./schemas/evaluation.ts";
export type {
  AlignedFace,
  AlignedImage,
  Box,
  DetectedImage,
  Detection,
  EmbeddedFace,
  EmbeddedImage,
  Embedding,
  Face,
  Landmarks,
  Point,
  Quality,
} from "./schemas/face.ts";
export type { FaceChoice } from "./schemas/face-choice.ts";
export type { Correction, CorrectionRecord, GalleryStatistics } from "./schemas/gallery.ts";
export type { ImageSource, NamedBytes, NamedFile, RawPixels, RgbImage } from "./schemas/image-source.ts";
export type { IndexEvent } from "./schemas/index-event.ts";
export type { DetectionManifest, EmbeddingManifest, ModelCatalogue, ModelManifest } from "./schemas/model-manifest.ts";
export type { ThresholdOrigin } from "./schemas/threshold.ts";
export type { Comparison, Verdict } from "./schemas/verdict.ts";
