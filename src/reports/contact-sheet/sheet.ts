/** Data of a contact sheet, and the crop of its portraits. Rendering needs no files and no models. */

import { ARCFACE_SIDE, arcfaceTemplate } from "../../faces/alignment/arcface-template.ts";
import type { AlignOptions } from "../../faces/facenet.ts";
import type { Box, Quality } from "../../schemas/face.ts";

export type SheetPhotograph = {
  readonly name: string;
  /** pixels of the upright photograph, which boxes are given in */
  readonly width: number;
  readonly height: number;
  /** data URI of the photograph, scaled down */
  readonly picture: string;
};

export type SheetFace = {
  /** which of the sheet's photographs */
  readonly photograph: number;
  readonly box: Box;
  readonly quality: Quality;
  /** data URI of the square cut-out */
  readonly portrait: string;
};

export type Sheet = {
  readonly photographs: readonly SheetPhotograph[];
  readonly faces: readonly SheetFace[];
  /** [faces, faces] squared L2 */
  readonly distances: readonly (readonly number[])[];
  /** indices of faces; every face is in one group, the largest group comes first */
  readonly groups: readonly (readonly number[])[];
  readonly failures: readonly { readonly image: string; readonly message: string }[];
  readonly model: string;
  /** squared L2 */
  readonly threshold: number;
  readonly falseAcceptRate: number;
};

/** Faces and photographs are numbered from 1 for the reader. */
export const numberOf = (index: number): number => index + 1;

/** One group colour repeats after these. */
export const GROUP_COLOURS = 8;

/** The style class that gives a group of several faces its colour; faces seen once stay plain. */
export function groupClass(groups: Sheet["groups"], face: number): string {
  const group = groups.findIndex((members) => members.includes(face));
  return group >= 0 && (groups[group]?.length ?? 0) > 1 ? `group-${group % GROUP_COLOURS}` : "single";
}

/** "A", "B" … "Z", "AA": the name of a group of several faces. */
export function groupName(group: number): string {
  const last = String.fromCharCode(65 + (group % 26));
  return group < 26 ? last : groupName(Math.floor(group / 26) - 1) + last;
}

/** pixels */
export const PORTRAIT_SIDE = 160;

/** Pixels of the portrait for one of the template; smaller shows more of what is around the face. */
const SCALE = 0.9;
const MARGIN = (PORTRAIT_SIDE - ARCFACE_SIDE * SCALE) / 2;

const [leftEye, rightEye, nose, leftMouth, rightMouth] = arcfaceTemplate;
const inPortrait = ([x, y]: readonly [number, number]): [number, number] => [x * SCALE + MARGIN, y * SCALE + MARGIN];

/** The template of alignment in the middle of a larger square. */
export const portraitCutOut = {
  size: PORTRAIT_SIDE,
  alignment: {
    kind: "similarity",
    template: [inPortrait(leftEye), inPortrait(rightEye), inPortrait(nose), inPortrait(leftMouth), inPortrait(rightMouth)],
  },
} satisfies AlignOptions["cutOut"];
