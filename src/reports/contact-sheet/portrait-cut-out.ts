/** How a face is cut out to be looked at: upright, the hair around it. */
import { ARCFACE_SIDE, arcfaceTemplate } from "../../faces/alignment/arcface-template.ts";
import type { AlignOptions } from "../../faces/facenet.ts";

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
