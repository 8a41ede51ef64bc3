/**
 * RetinaFace (Deng et al. 2020) with a MobileNet of width 0.25: one network, boxes and five landmarks in one run.
 *
 * Output of the network, by anchor: `loc` [n, 4] and `landmarks` [n, 10] relative to the anchor, `conf` [n, 2] by
 * softmax. Anchors: two squares at the centre of each cell of three maps.
 */
import type { OnnxNetwork } from "../../engine/onnx-network.ts";
import type { Affine, PixelScaling } from "../../image/warp.ts";
import type { Detection } from "../../schemas/face.ts";
import type { Point } from "../../schemas/geometry.ts";
import type { Pixels } from "../photograph.ts";
import { withoutOverlaps } from "./overlap.ts";

const scaling: PixelScaling = { mean: [123, 117, 104], scale: 1, channels: "bgr" };
const MAPS = [
  { stride: 8, sides: [16, 32] },
  { stride: 16, sides: [64, 128] },
  { stride: 32, sides: [256, 512] },
] as const;
/** Sides of the input are multiples of the largest stride. */
const CELL = 32;
const CENTRE_VARIANCE = 0.1;
const SIZE_VARIANCE = 0.2;
/** Of a look that reaches beyond the photograph; near the mean of photographs. */
const GREY = 115;
/** Boxes of one face overlap by more than this share of their union; the authors' limit. */
const SAME_FACE = 0.4;
const LANDMARKS = ["leftEye", "rightEye", "nose", "leftMouth", "rightMouth"] as const;

/** What the network sees in one run: a part of a photograph, at some scale, possibly turned. */
export type Look = {
  /** From pixels of the network's input to pixels of the photograph. */
  readonly toImage: Affine;
  /** Pixels of the input that are wanted; those up to a multiple of 32 are added to the right and below. */
  readonly width: number;
  readonly height: number;
};

/** Looks of one size, in one run. @returns for each look every face surer than `minConfidence`, without overlaps, in pixels of the photograph */
export type LookAt = (pixels: Pixels, looks: readonly Look[], minConfidence: number) => Promise<Detection[][]>;

export function createRetinaface(network: OnnxNetwork): LookAt {
  return async (pixels, looks, minConfidence) => {
    const width = Math.ceil((looks[0]?.width ?? 0) / CELL) * CELL;
    const height = Math.ceil((looks[0]?.height ?? 0) / CELL) * CELL;
    const size = 3 * width * height;
    const data = new Float32Array(looks.length * size);
    looks.forEach(({ toImage }, i) => {
      pixels.warp(toImage, { width, height, scaling, out: data, offset: i * size, outside: GREY });
    });
    const { loc, conf, landmarks } = await network.run({ image: { data, dims: [looks.length, 3, height, width] } });
    if (!loc || !conf || !landmarks) throw new RangeError("RetinaFace: an output is missing");
    const anchors = conf.data.length / 2 / looks.length;
    return looks.map(({ toImage }, i) => {
      const part = (values: Float32Array, each: number) => values.subarray(i * anchors * each, (i + 1) * anchors * each);
      const outputs = { loc: part(loc.data, 4), conf: part(conf.data, 2), landmarks: part(landmarks.data, 10) };
      const found = decodeAnchors(outputs, width, height, minConfidence).map((face) => placed(toImage, face));
      return withoutOverlaps(found, SAME_FACE);
    });
  };
}

type Outputs = Readonly<Record<"loc" | "conf" | "landmarks", Float32Array>>;

/** Faces in pixels of the input. */
function decodeAnchors({ loc, conf, landmarks }: Outputs, width: number, height: number, minConfidence: number): Found[] {
  const found: Found[] = [];
  let anchor = 0;
  for (const { stride, sides } of MAPS) {
    const columns = width / stride;
    const cells = (height / stride) * columns;
    for (let cell = 0; cell < cells; cell++) {
      for (const side of sides) {
        const at = anchor++;
        const confidence = conf[2 * at + 1] as number;
        if (confidence < minConfidence) continue;
        const x = ((cell % columns) + 0.5) * stride;
        const y = (Math.floor(cell / columns) + 0.5) * stride;
        const offset = (values: Float32Array, k: number) => (values[k] as number) * CENTRE_VARIANCE * side;
        found.push({
          centre: { x: x + offset(loc, 4 * at), y: y + offset(loc, 4 * at + 1) },
          width: side * Math.exp((loc[4 * at + 2] as number) * SIZE_VARIANCE),
          height: side * Math.exp((loc[4 * at + 3] as number) * SIZE_VARIANCE),
          points: LANDMARKS.map((_, k) => ({
            x: x + offset(landmarks, 10 * at + 2 * k),
            y: y + offset(landmarks, 10 * at + 2 * k + 1),
          })),
          confidence,
        });
      }
    }
  }
  if (2 * anchor !== conf.length) throw new RangeError(`RetinaFace: ${anchor} anchors, ${conf.length / 2} scores`);
  return found;
}

type Found = {
  readonly centre: Point;
  readonly width: number;
  readonly height: number;
  readonly points: readonly Point[];
  readonly confidence: number;
};

/** From pixels of the input to pixels of the photograph. The box of a face that was found turned stays upright. */
function placed([a, b, c, d, e, f]: Affine, { centre, width, height, points, confidence }: Found): Detection {
  const at = ({ x, y }: Point): Point => ({ x: a * x + b * y + c, y: d * x + e * y + f });
  const size = { width: Math.abs(a) * width + Math.abs(b) * height, height: Math.abs(d) * width + Math.abs(e) * height };
  const middle = at(centre);
  const landmarks = Object.fromEntries(points.map((point, k) => [LANDMARKS[k], at(point)])) as Detection["landmarks"];
  return { box: { x: middle.x - size.width / 2, y: middle.y - size.height / 2, ...size }, landmarks, confidence };
}
