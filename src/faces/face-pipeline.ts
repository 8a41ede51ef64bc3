/**
 * Pipeline from a photograph to faces: decode, detect, assess quality, cut out, embed. One runs in each worker thread;
 * its inputs and outputs are plain data.
 */

import { type Device, OnnxNetwork, type OnnxNetworkOptions } from "../engine/onnx-network.ts";
import { FaceNetError, reasonOf } from "../errors.ts";
import { openImage } from "../image/open-image.ts";
import type { Size } from "../image/orientation.ts";
import { encodeBytes } from "../metric/byte-code.ts";
import type { Box, Detection, Embedding, Face } from "../schemas/face.ts";
import type { FaceChoice } from "../schemas/face-choice.ts";
import type { ImageSource, RgbImage } from "../schemas/image-source.ts";
import type { Alignment, DetectionManifest, EmbeddingManifest } from "../schemas/model-manifest.ts";
import { ARCFACE_SIDE, arcfaceAlignment } from "./alignment/arcface-template.ts";
import { faceTransform } from "./alignment/face-transform.ts";
import type { Detector } from "./detection/detector.ts";
import { createRetinafaceDetector } from "./detection/retinaface-detector.ts";
import { Embedder } from "./embedder.ts";
import { chooseFace, prominentFace } from "./face-choice.ts";
import { createPhotograph, type Photograph, type Pixels } from "./photograph.ts";
import { faceQuality } from "./quality/face-quality.ts";
import { type Timed, untimed } from "./stage-times.ts";

/** Verified model files that any thread can load. */
export type PipelineModels = {
  readonly embedding: { readonly manifest: EmbeddingManifest; readonly bytes: Uint8Array };
  readonly detection: { readonly manifest: DetectionManifest; readonly networks: Readonly<Record<string, Uint8Array>> };
  readonly device: Device;
};

export type PipelineJob = {
  readonly source: ImageSource;
  /** Known faces: used as given, in this order, without detection. */
  readonly known?: readonly Detection[] | undefined;
  /** Last step to run; each step includes the ones before. */
  readonly until: "detect" | "align" | "embed";
  readonly faces: FaceChoice;
  readonly minFaceSize: number;
  readonly minConfidence: number;
  readonly maxPixels: number;
  /** Default: as in the measurement of the model's thresholds. */
  readonly flip?: boolean | undefined;
  /** The image is a face already cut out: no detection, no alignment. */
  readonly aligned: boolean;
  /** Form of the cut-outs of `align`, if not the model's own. */
  readonly cutOut?: { readonly alignment: Alignment; readonly size: number; readonly height?: number } | undefined;
};

export type PipelineFace = Face & { crop?: RgbImage; embedding?: Embedding };
export type PipelineResult = { image: string; width: number; height: number; faces: PipelineFace[] };

const plain = { mean: [0, 0, 0], scale: 1, channels: "rgb" } as const;

export class FacePipeline {
  readonly #detector: Detector;
  readonly #embedder: Embedder;

  private constructor(detector: Detector, embedder: Embedder) {
    this.#detector = detector;
    this.#embedder = embedder;
  }

  /** @throws FaceNetError MODEL_NOT_LOADABLE, DEVICE_NOT_AVAILABLE */
  static async create({ embedding, detection, device }: PipelineModels, threads: number): Promise<FacePipeline> {
    const detector = await loadDetector(detection.manifest, detection.networks, { threads, device });
    const embedder = await Embedder.create(embedding.manifest, embedding.bytes, { threads, device });
    return new FacePipeline(detector, embedder);
  }

  /** @throws FaceNetError every IMAGE_ code; FACE_NOT_FOUND and FACE_AMBIGUOUS if one face was requested */
  async run(job: PipelineJob, timed: Timed = untimed): Promise<PipelineResult> {
    const file = await timed("decode", () => openImage(job.source, job));
    const { name: image, width, height } = file;
    const photograph = createPhotograph({ ...file, decode: (request) => timed("decode", () => file.decode(request)) });
    const detect = () => timed("detect", () => this.#detector.detect(photograph, job));
    const found = job.known ?? (job.aligned ? [wholePicture(file)] : await detect());
    const chosen = choose(found, job.faces, file, image);
    const detail = Math.max(this.#detector.detail(photograph, job), detailFor(chosen, photograph));
    const pixels = await photograph.pixels(job.aligned ? 1 : detail);
    const judge = () => chosen.map((face): PipelineFace => ({ ...face, quality: faceQuality(face, pixels, photograph) }));
    const faces = await timed("align", judge);
    if (job.until === "align") {
      const full = job.cutOut ? await photograph.pixels(1) : pixels;
      for (const face of faces) face.crop = this.#crop(full, face, photograph, job);
    }
    if (job.until === "embed") {
      const { manifest } = this.#embedder;
      const cutOut = () => (job.aligned ? this.#whole(pixels, photograph) : this.#embedder.cutOut(pixels, chosen, photograph));
      const input = await timed("align", cutOut);
      const vectors = await timed("embed", () => this.#embedder.embed(input, job.flip));
      for (const [i, vector] of vectors.entries()) {
        (faces[i] as PipelineFace).embedding = {
          model: manifest.id,
          vector,
          code: encodeBytes(vector, manifest.embedding.codeScale),
        };
      }
    }
    return { image, width, height, faces };
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#detector.dispose(), this.#embedder.dispose()]);
  }

  #crop(pixels: Pixels, face: Detection, photograph: Photograph, { cutOut }: PipelineJob): RgbImage {
    const { input, alignment } = this.#embedder.manifest;
    const [width, height] = cutOut ? [cutOut.size, cutOut.height ?? cutOut.size] : [input.width, input.height];
    const planes = new Float32Array(3 * width * height);
    const toImage = faceTransform(face, cutOut?.alignment ?? alignment, { width, height }, photograph);
    pixels.warp(toImage, { width, height, scaling: plain, out: planes });
    return interleaved(planes, width, height);
  }

  /** An image that is already a cut-out, scaled to the network's input. */
  #whole(pixels: Pixels, { width, height }: Photograph): Float32Array {
    const { input } = this.#embedder.manifest;
    return this.#embedder.input(pixels, [[width / input.width, 0, 0, 0, height / input.height, 0]]);
  }
}

/** Scale at which every face has at least the pixels of an aligned one, as a share of full resolution. */
function detailFor(faces: readonly Detection[], photograph: Photograph): number {
  const side = { width: ARCFACE_SIDE, height: ARCFACE_SIDE };
  const scales = faces.map((face) => {
    const [a, , , d] = faceTransform(face, arcfaceAlignment, side, photograph);
    return 1 / Math.hypot(a, d);
  });
  return Math.max(0, ...scales);
}

function choose(found: readonly Detection[], choice: FaceChoice, picture: Size, image: string): readonly Detection[] {
  if (choice === "all") return found;
  if (found.length === 0) throw new FaceNetError("FACE_NOT_FOUND", { image });
  const boxes = found.map(({ box }) => box);
  const index = pick(boxes, choice, picture);
  if (index === undefined) throw new FaceNetError("FACE_AMBIGUOUS", { image, count: found.length });
  return [found[index] as Detection];
}

function pick(boxes: readonly Box[], choice: Exclude<FaceChoice, "all">, picture: Size): number | undefined {
  switch (choice) {
    case "only":
      return boxes.length === 1 ? 0 : undefined;
    case "prominent":
      return prominentFace(boxes);
    case "largest":
    case "central":
      return chooseFace(boxes, choice, picture);
    default:
      choice satisfies never;
      throw new TypeError("unknown choice of faces");
  }
}

async function loadDetector(
  manifest: DetectionManifest,
  files: Readonly<Record<string, Uint8Array>>,
  options: OnnxNetworkOptions,
): Promise<Detector> {
  const network = async (role: string): Promise<OnnxNetwork> => {
    const bytes = files[role];
    const file = manifest.networks[role]?.file ?? role;
    if (!bytes) throw new FaceNetError("MODEL_FILE_MISSING", { model: manifest.id, file });
    return OnnxNetwork.create(bytes, options).catch((error: unknown) => {
      if (error instanceof FaceNetError) throw error;
      throw new FaceNetError("MODEL_NOT_LOADABLE", { model: manifest.id, file, reason: reasonOf(error) }, error);
    });
  };
  switch (manifest.family) {
    case "retinaface":
      return createRetinafaceDetector(manifest.id, await network("detector"));
    default:
      manifest.family satisfies never;
      throw new TypeError("detector of unknown family");
  }
}

/** Detection for an image that is already a cut-out: its landmarks are where alignment puts them. */
function wholePicture({ width, height }: Size): Detection {
  const at = (x: number, y: number) => ({ x: (x / 112) * width, y: (y / 112) * height });
  return {
    box: { x: 0, y: 0, width, height },
    landmarks: {
      leftEye: at(38.8, 52.2),
      rightEye: at(74, 52),
      nose: at(56.5, 72.2),
      leftMouth: at(42, 92.9),
      rightMouth: at(71.2, 92.7),
    },
    confidence: 1,
  };
}

function interleaved(planes: Float32Array, width: number, height: number): RgbImage {
  const count = width * height;
  const data = new Uint8Array(count * 3);
  for (let i = 0, at = 0; i < count; i++, at += 3) {
    // Writing to a byte array truncates: adding one half makes it round.
    data[at] = (planes[i] as number) + 0.5;
    data[at + 1] = (planes[i + count] as number) + 0.5;
    data[at + 2] = (planes[i + 2 * count] as number) + 0.5;
  }
  return { data, width, height };
}
