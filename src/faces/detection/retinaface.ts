/**
 * RetinaFace (Deng et al. 2020) with a MobileNet of width 0.25: boxes and five landmarks from one network in one run.
 *
 * Outputs by anchor: `loc` [n, 4] and `landmarks` [n, 10] relative to the anchor, `conf` [n, 2] after
 * softmax. Anchors: two squares at the centre of each cell of three feature maps.
 */
import type { OnnxNetwork } from "../../engine/onnx-network.ts";
import type { Size } from "../../image/orientation.ts";
import type { Affine, PixelScaling } from "../../image/warp.ts";
import type { Detection, Point } from "../../schemas/face.ts";
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
/** Padding beyond the photograph; near the mean of photographs. */
const GREY = 115;
/** Non-maximum suppression threshold (intersection over union) of the authors. */
const SAME_FACE = 0.4;
const LANDMARKS = ["leftEye", "rightEye", "nose", "leftMouth", "rightMouth"] as const;

/** Clockwise quarter turns by which a part of a photograph is rotated back before the network sees it. */
export type Turn = 0 | 1 | 2 | 3;

/** Upright part of a photograph at some scale. Its sides are multiples of {@link CELL}. */
export type Part = {
  /** From pixels of the part to pixels of the photograph. */
  readonly toImage: Affine;
  readonly width: number;
  readonly height: number;
  /** Network input, upright, [3, height, width]. */
  readonly planes: Float32Array;
};

/** Part of a photograph, rotated back by quarter turns. */
export type Look = { readonly part: Part; readonly turn: Turn };

/**
 * Several views in one run of the network; after rotation they must have the same size.
 *
 * @returns for each view every face above `minConfidence`, after non-maximum suppression, in pixels of the photograph
 */
export type LookAt = (looks: readonly Look[], minConfidence: number) => Promise<Detection[][]>;

export function createRetinaface(network: OnnxNetwork): LookAt {
  return async (looks, minConfidence) => {
    const input = inputOf(looks);
    const [count, , height, width] = input.dims;
    const { loc, conf, landmarks } = await network.run({ image: input });
    if (!loc || !conf || !landmarks) throw new RangeError("RetinaFace: the network lacks an output");
    const anchors = conf.data.length / 2 / count;
    return looks.map(({ part, turn }, i) => {
      const of = (values: Float32Array, each: number) => values.subarray(i * anchors * each, (i + 1) * anchors * each);
      const outputs = { loc: of(loc.data, 4), conf: of(conf.data, 2), landmarks: of(landmarks.data, 10) };
      const toImage = composed(part.toImage, quarterTurn(turn, part));
      const found = decodeAnchors(outputs, width, height, minConfidence).map((face) => placed(toImage, face));
      return withoutOverlaps(found, SAME_FACE);
    });
  };
}

/** Samples a part of a photograph; its sides are rounded up to the network's stride and padded with grey. */
export function samplePart(pixels: Pixels, toImage: Affine, size: Size): Part {
  const [width, height] = [upToCell(size.width), upToCell(size.height)];
  const planes = new Float32Array(3 * width * height);
  pixels.warp(toImage, { width, height, scaling, out: planes, outside: GREY });
  return { toImage, width, height, planes };
}

const upToCell = (side: number): number => Math.ceil(side / CELL) * CELL;

type Input = { readonly data: Float32Array; readonly dims: readonly [count: number, channels: 3, height: number, width: number] };

function inputOf(looks: readonly Look[]): Input {
  const [{ part, turn }] = looks as [Look];
  const [width, height] = turn % 2 === 0 ? [part.width, part.height] : [part.height, part.width];
  const dims = [looks.length, 3, height, width] as const;
  if (looks.length === 1 && turn === 0) return { data: part.planes, dims };
  const size = 3 * width * height;
  const data = new Float32Array(looks.length * size);
  for (const [i, look] of looks.entries()) writeTurned(look, data.subarray(i * size, (i + 1) * size));
  return { data, dims };
}

/** Quarter turns only permute pixels. */
function writeTurned({ part: { planes, width, height }, turn }: Look, out: Float32Array): void {
  if (turn === 0) {
    out.set(planes);
    return;
  }
  const [a, b, c, d, e, f] = quarterTurn(turn, { width, height });
  const [columns, rows] = turn === 2 ? [width, height] : [height, width];
  // Where (0.5, 0.5) of the rotated part lies in the upright one, and what a step right and a step down add to it.
  const first = Math.floor(d / 2 + e / 2 + f) * width + Math.floor(a / 2 + b / 2 + c);
  const [right, down] = [d * width + a, e * width + b];
  for (let plane = 0; plane < 3; plane++) {
    const from = plane * width * height + first;
    const to = plane * width * height;
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) out[to + y * columns + x] = planes[from + y * down + x * right] as number;
  }
}

/** Transform from a part rotated by quarter turns to the upright part of this size. */
function quarterTurn(turn: Turn, { width, height }: Size): Affine {
  const turns: readonly Affine[] = [
    [1, 0, 0, 0, 1, 0],
    [0, -1, width, 1, 0, 0],
    [-1, 0, width, 0, -1, height],
    [0, 1, 0, -1, 0, height],
  ];
  return turns[turn] as Affine;
}

/** Composition: the second, then the first. */
function composed([a, b, c, d, e, f]: Affine, [p, q, r, s, t, u]: Affine): Affine {
  return [a * p + b * s, a * q + b * t, a * r + b * u + c, d * p + e * s, d * q + e * t, d * r + e * u + f];
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

/** From pixels of the input to pixels of the photograph. The box of a rotated face stays axis-aligned. */
function placed([a, b, c, d, e, f]: Affine, { centre, width, height, points, confidence }: Found): Detection {
  const at = ({ x, y }: Point): Point => ({ x: a * x + b * y + c, y: d * x + e * y + f });
  const size = { width: Math.abs(a) * width + Math.abs(b) * height, height: Math.abs(d) * width + Math.abs(e) * height };
  const middle = at(centre);
  const landmarks = Object.fromEntries(points.map((point, k) => [LANDMARKS[k], at(point)])) as Detection["landmarks"];
  return { box: { x: middle.x - size.width / 2, y: middle.y - size.height / 2, ...size }, landmarks, confidence };
}
