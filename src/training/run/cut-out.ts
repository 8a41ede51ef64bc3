/** How training cuts faces out: as the trained model will be served, with a border around for shifted windows. */
import { ARCFACE_SIDE, arcfaceTemplate } from "../../faces/alignment/arcface-template.ts";
import type { Alignment } from "../../schemas/model-manifest.ts";

export type Size = { readonly width: number; readonly height: number };

/** Part of the network's image that a cut-out has more, on each side: as far as `augmentFace` shifts a window. */
const BORDER = 0.09;

/** The alignment of a network's images: ArcFace's five points, scaled to the shorter side and centred. */
export function alignmentOf({ width, height }: Size, border: Size = { width: 0, height: 0 }): Alignment {
  const side = Math.min(width, height);
  const scale = side / ARCFACE_SIDE;
  const place = (value: number, whole: number, more: number): number => (value + 0.5) * scale + (whole - side) / 2 + more - 0.5;
  const [a, b, c, d, e] = arcfaceTemplate.map(
    ([x, y]) => [place(x, width, border.width), place(y, height, border.height)] as [number, number],
  ) as [Point, Point, Point, Point, Point];
  return { kind: "similarity", template: [a, b, c, d, e] };
}

type Point = [x: number, y: number];

/** The cut-out to train a network of that input on. */
export type TrainingCutOut = Size & {
  readonly alignment: Alignment;
  /** part of the cut-out's sides that is border */
  readonly border: number;
};

export function trainingCutOut({ width, height }: Size): TrainingCutOut {
  const border = { width: Math.ceil(BORDER * width), height: Math.ceil(BORDER * height) };
  return {
    width: width + 2 * border.width,
    height: height + 2 * border.height,
    alignment: alignmentOf({ width, height }, border),
    border: border.width / (width + 2 * border.width),
  };
}
