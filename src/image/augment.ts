/**
 * Random augmentation of training faces, for invariance to what does not identify a person: mirroring, a slightly shifted
 * and scaled crop window, JPEG artefacts, colour, blur, and low resolution (as in AdaFace, Kim et al. 2022).
 */
import type { Sharp } from "sharp";
import type { RgbImage } from "../schemas/image-source.ts";
import type { Augmentation } from "../schemas/training.ts";
import { loadSharp } from "./load-sharp.ts";
import { createPyramid } from "./pyramid.ts";
import { warp } from "./warp.ts";

export type AugmentOptions = {
  /** Pixels of the result. */
  readonly width: number;
  readonly height: number;
  /** Which augmentations are used, each with its own probability; none: the face as in inference. */
  readonly augmentations: readonly Augmentation[];
  /**
   * Border outside the network's input, on every side, as a share of the image's side; 0 to below 0.5. Windows may shift
   * into it. Without
   * a border, edge pixels are repeated if windows are used.
   */
  readonly border: number;
  /** Uniform from 0 to below 1. */
  readonly random: () => number;
};

/** Maximum relative change of a window's side, and maximum shift. */
const WINDOW = 0.06;

/** Makes a training face from a cut-out. The same random numbers give the same face. */
export async function augmentFace(image: RgbImage, options: AugmentOptions): Promise<RgbImage> {
  const { augmentations: wanted, random } = options;
  // All numbers are drawn even if unused, so that enabling one augmentation does not change the others.
  const flip = random() < 0.5 && wanted.includes("flip");
  const [scale, right, down] = [random(), random(), random()].map((value) => WINDOW * (2 * value - 1)) as [
    number,
    number,
    number,
  ];
  const [brightness, contrast, saturation] = [random(), random(), random()].map((value) => 2 * value - 1) as [
    number,
    number,
    number,
  ];
  const colour = random() < 0.5 && wanted.includes("colour");
  const [blurs, sigma] = [random() < 0.2 && wanted.includes("blur"), 0.6 + random()];
  const [jpegs, quality] = [random() < 0.3 && wanted.includes("jpeg"), Math.round(20 + 70 * random())];

  const [shrinks, share] = [random() < 0.2 && wanted.includes("resolution"), 0.2 + 0.8 * random()];

  const crops = wanted.includes("crop");
  const edged = crops && options.border === 0 ? withEdges(image) : { image, borders: [options.border, options.border] as const };
  let face = windowOf(edged.image, {
    ...options,
    borders: edged.borders,
    flip,
    ...(crops ? { scale, right, down } : { scale: 0, right: 0, down: 0 }),
  });
  if (colour) face = recoloured(face, 1 + 0.2 * brightness, 1 + 0.2 * contrast, 1 + 0.3 * saturation);
  if (shrinks) face = await lowered(face, share);
  if (blurs) face = await through(face, (picture) => picture.blur(sigma));
  if (jpegs) face = await through(face, async (picture) => loadSharp()(await picture.jpeg({ quality }).toBuffer()));
  return face;
}

type Window = Pick<AugmentOptions, "width" | "height"> & {
  /** as shares of the image's width and height */
  readonly borders: readonly [x: number, y: number];
  readonly flip: boolean;
  /** scale of the side and shift of the centre, relative to the unshifted window's side */
  readonly scale: number;
  readonly right: number;
  readonly down: number;
};

/** The image without its border, or a window near that, within the image. */
function windowOf(image: RgbImage, { width, height, borders, flip, scale, right, down }: Window): RgbImage {
  const along = (pixels: number, border: number, shift: number): [from: number, side: number] => {
    const side = Math.min(1, (1 - 2 * border) * (1 + scale)); // as a share of the image's side
    const from = Math.min(1 - side, Math.max(0, (1 - side) / 2 + shift * (1 - 2 * border)));
    return [from * pixels, side * pixels];
  };
  const [[left, across], [top, high]] = [along(image.width, borders[0], right), along(image.height, borders[1], down)];
  const [a, e] = [across / width, high / height];
  const planes = new Float32Array(3 * width * height);
  const toImage = flip ? ([-a, 0, left + a * width, 0, e, top] as const) : ([a, 0, left, 0, e, top] as const);
  warp(createPyramid(image), toImage, { width, height, scaling: { mean: [0, 0, 0], scale: 1, channels: "rgb" }, out: planes });
  return interleaved(planes, width, height);
}

/** Pads the image by repeating edge pixels as far as a window reaches. */
function withEdges({ data, width, height }: RgbImage): { image: RgbImage; borders: readonly [number, number] } {
  const pad = Math.ceil(1.5 * WINDOW * Math.max(width, height)); // half the larger side's excess, and the shift
  const [w, h] = [width + 2 * pad, height + 2 * pad];
  const out = new Uint8Array(w * h * 3);
  for (let y = 0, at = 0; y < h; y++) {
    const row = Math.min(height - 1, Math.max(0, y - pad)) * width;
    for (let x = 0; x < w; x++, at += 3) {
      const from = (row + Math.min(width - 1, Math.max(0, x - pad))) * 3;
      out[at] = data[from] as number;
      out[at + 1] = data[from + 1] as number;
      out[at + 2] = data[from + 2] as number;
    }
  }
  return { image: { data: out, width: w, height: h }, borders: [pad / w, pad / h] };
}

/** Converts planes to bytes, clamped and rounded. */
function interleaved(planes: Float32Array, width: number, height: number): RgbImage {
  const plane = width * height;
  const data = new Uint8ClampedArray(3 * plane);
  for (let i = 0, at = 0; i < plane; i++) for (let c = 0; c < 3; c++) data[at++] = planes[c * plane + i] as number;
  return { data: new Uint8Array(data.buffer), width, height };
}

/** Factors of brightness, contrast and saturation. */
function recoloured({ data, width, height }: RgbImage, brightness: number, contrast: number, saturation: number): RgbImage {
  let mean = 0;
  for (const value of data) mean += value / data.length;
  const out = new Uint8ClampedArray(data.length);
  for (let at = 0; at < data.length; at += 3) {
    const [r, g, b] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
    const grey = 0.299 * r + 0.587 * g + 0.114 * b; // BT.601
    for (let c = 0; c < 3; c++) {
      const coloured = grey + saturation * ((data[at + c] as number) - grey);
      out[at + c] = brightness * (mean + contrast * (coloured - mean));
    }
  }
  return { data: new Uint8Array(out.buffer), width, height };
}

/** Resampled to a share of its size and back. */
async function lowered(face: RgbImage, share: number): Promise<RgbImage> {
  const [width, height] = [face.width, face.height].map((side) => Math.max(1, Math.round(share * side)));
  const small = await through(face, (picture) => picture.resize(width, height, { fit: "fill" }));
  return through(small, (picture) => picture.resize(face.width, face.height, { fit: "fill" }));
}

async function through({ data, width, height }: RgbImage, change: (picture: Sharp) => Sharp | Promise<Sharp>): Promise<RgbImage> {
  const changed = (await change(loadSharp()(data, { raw: { width, height, channels: 3 } }))).toColourspace("srgb").removeAlpha();
  const { data: bytes, info } = await changed.raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(bytes), width: info.width, height: info.height };
}
