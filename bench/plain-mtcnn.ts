/**
 * MTCNN written straight down from the paper (Zhang et al. 2016), as most implementations have it: every level
 * of the image pyramid and every candidate resized out of the full picture, the networks as converted. It is
 * the yardstick of versus-plain-mtcnn.ts, not part of the product.
 */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { arcfaceTemplate } from "../src/faces/alignment/arcface-template.ts";
import { inverse, similarityTransform } from "../src/faces/alignment/similarity.ts";
import type { Point } from "../src/schemas/geometry.ts";
import type { RgbImage } from "../src/schemas/pixels.ts";

type Box = { left: number; top: number; right: number; bottom: number; confidence: number };
type Face = Box & { points: Point[] };
export type PlainNetworks = { readonly pnet: Uint8Array; readonly rnet: Uint8Array; readonly onet: Uint8Array };
type Thresholds = readonly [pnet: number, rnet: number, onet: number];

const FACTOR = 0.709;
const CROP = 112;

export class PlainMtcnn {
  readonly #pnet: InferenceSession;
  readonly #rnet: InferenceSession;
  readonly #onet: InferenceSession;
  readonly #thresholds: Thresholds;

  private constructor(
    [pnet, rnet, onet]: readonly [InferenceSession, InferenceSession, InferenceSession],
    thresholds: Thresholds,
  ) {
    [this.#pnet, this.#rnet, this.#onet, this.#thresholds] = [pnet, rnet, onet, thresholds];
  }

  static async create({ pnet, rnet, onet }: PlainNetworks, thresholds: Thresholds): Promise<PlainMtcnn> {
    const load = (bytes: Uint8Array) => InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
    return new PlainMtcnn([await load(pnet), await load(rnet), await load(onet)], thresholds);
  }

  /** Faces as cut-outs of 112 x 112 pixels, [3, 112, 112] each. */
  async align(image: RgbImage, minFaceSize: number): Promise<Float32Array[]> {
    return (await this.#detect(image, minFaceSize)).map(({ points }) => cutOut(image, points));
  }

  async #detect(image: RgbImage, minFaceSize: number): Promise<Face[]> {
    const [, rLimit, oLimit] = this.#thresholds;
    const proposals = await this.#propose(image, minFaceSize);
    const refined = await this.#look(this.#rnet, image, proposals, 24, rLimit);
    const kept = suppress(refined, 0.7, "union").map(square);
    return suppress(await this.#look(this.#onet, image, kept, 48, oLimit), 0.7, "smaller");
  }

  async #propose(image: RgbImage, minFaceSize: number): Promise<Box[]> {
    const boxes: Box[] = [];
    for (let scale = 12 / minFaceSize; Math.min(image.width, image.height) * scale >= 12; scale *= FACTOR) {
      const [width, height] = [Math.ceil(image.width * scale), Math.ceil(image.height * scale)];
      const data = resize(image, { left: 0, top: 0, right: image.width, bottom: image.height }, width, height);
      const said = await this.#pnet.run({ image: new Tensor("float32", data, [1, 3, height, width]) });
      const probability = said.probability as Tensor;
      const [, , rows, columns] = probability.dims as [number, number, number, number];
      const [confidences, moves] = [probability.data as Float32Array, said.regression?.data as Float32Array];
      const level: Box[] = [];
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const cell = row * columns + column;
          const confidence = confidences[rows * columns + cell] as number;
          if (confidence < this.#thresholds[0]) continue;
          const [left, top] = [(2 * column) / scale, (2 * row) / scale];
          const box = { left, top, right: left + 12 / scale, bottom: top + 12 / scale, confidence };
          level.push(
            moved(
              box,
              [0, 1, 2, 3].map((k) => moves[k * rows * columns + cell] as number),
            ),
          );
        }
      }
      boxes.push(...suppress(level, 0.5, "union"));
    }
    return suppress(boxes, 0.7, "union").map(square);
  }

  async #look(network: InferenceSession, image: RgbImage, boxes: readonly Box[], side: number, limit: number): Promise<Face[]> {
    if (boxes.length === 0) return [];
    const size = 3 * side * side;
    const data = new Float32Array(boxes.length * size);
    for (const [i, box] of boxes.entries()) data.set(resize(image, box, side, side), i * size);
    const said = await network.run({ image: new Tensor("float32", data, [boxes.length, 3, side, side]) });
    const [probability, regression] = [said.probability?.data as Float32Array, said.regression?.data as Float32Array];
    const shares = said.points?.data as Float32Array | undefined;
    const faces: Face[] = [];
    for (const [i, box] of boxes.entries()) {
      const confidence = probability[2 * i + 1] as number;
      if (confidence < limit) continue;
      const points: Point[] = [];
      for (let k = 0; shares && k < 5; k++) {
        const [x, y] = [shares[10 * i + k] as number, shares[10 * i + k + 5] as number];
        points.push({ x: box.left + x * (box.right - box.left), y: box.top + y * (box.bottom - box.top) });
      }
      faces.push({ ...moved({ ...box, confidence }, [...regression.slice(4 * i, 4 * i + 4)]), points });
    }
    return faces;
  }
}

/** Part of a picture, bilinear, as a network's input [3, height, width]; black outside the picture. */
function resize(
  image: RgbImage,
  { left, top, right, bottom }: Omit<Box, "confidence">,
  width: number,
  height: number,
): Float32Array {
  const out = new Float32Array(3 * width * height);
  const [stepX, stepY] = [(right - left) / width, (bottom - top) / height];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const value = bilinear(image, left + (x + 0.5) * stepX - 0.5, top + (y + 0.5) * stepY - 0.5, c);
        out[(c * height + y) * width + x] = (value - 127.5) / 128;
      }
    }
  }
  return out;
}

function bilinear({ data, width, height }: RgbImage, x: number, y: number, channel: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const u = x - x0;
  const v = y - y0;
  const at = (px: number, py: number): number =>
    px < 0 || py < 0 || px >= width || py >= height ? 0 : (data[(py * width + px) * 3 + channel] as number);
  return (
    (1 - u) * (1 - v) * at(x0, y0) + u * (1 - v) * at(x0 + 1, y0) + (1 - u) * v * at(x0, y0 + 1) + u * v * at(x0 + 1, y0 + 1)
  );
}

function cutOut(image: RgbImage, points: readonly Point[]): Float32Array {
  const [a, b, c, d, e, f] = inverse(
    similarityTransform(
      points,
      arcfaceTemplate.map(([x, y]) => ({ x, y })),
    ),
  );
  const out = new Float32Array(3 * CROP * CROP);
  for (let y = 0; y < CROP; y++) {
    for (let x = 0; x < CROP; x++) {
      for (let k = 0; k < 3; k++) out[(k * CROP + y) * CROP + x] = bilinear(image, a * x + b * y + c, d * x + e * y + f, k);
    }
  }
  return out;
}

function moved(box: Box, [left = 0, top = 0, right = 0, bottom = 0]: readonly number[]): Box {
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  return {
    ...box,
    left: box.left + left * width,
    top: box.top + top * height,
    right: box.right + right * width,
    bottom: box.bottom + bottom * height,
  };
}

function square(box: Box): Box {
  const half = Math.max(box.right - box.left, box.bottom - box.top) / 2;
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  return { ...box, left: x - half, top: y - half, right: x + half, bottom: y + half };
}

/** Non-maximum suppression. */
function suppress<T extends Box>(boxes: readonly T[], limit: number, measure: "union" | "smaller"): T[] {
  const kept: T[] = [];
  for (const box of boxes.toSorted((a, b) => b.confidence - a.confidence)) {
    if (kept.every((other) => overlap(box, other, measure) <= limit)) kept.push(box);
  }
  return kept;
}

function overlap(a: Box, b: Box, measure: "union" | "smaller"): number {
  const width = Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left));
  const height = Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
  const [areaA, areaB] = [(a.right - a.left) * (a.bottom - a.top), (b.right - b.left) * (b.bottom - b.top)];
  return (width * height) / (measure === "union" ? areaA + areaB - width * height : Math.min(areaA, areaB));
}
