/** Pictures of a contact sheet: its photographs, and portraits of their faces. */
import { basename } from "node:path";
import { ARCFACE_SIDE, arcfaceTemplate } from "../../faces/alignment/arcface-template.ts";
import type { AlignOptions, FaceNet, LookOptions } from "../../faces/facenet.ts";
import { decodeImage } from "../../image/decode.ts";
import { encodeJpeg, jpegUri } from "../../image/encode.ts";
import type { SheetFace, SheetPhotograph } from "./sheet.ts";

/** Side of a portrait, pixels. */
const PORTRAIT_SIDE = 160;

/** Scale of the alignment template in a portrait; smaller values show more context. */
const SCALE = 0.9;
const MARGIN = (PORTRAIT_SIDE - ARCFACE_SIDE * SCALE) / 2;

const [leftEye, rightEye, nose, leftMouth, rightMouth] = arcfaceTemplate;
const inPortrait = ([x, y]: readonly [number, number]): [number, number] => [x * SCALE + MARGIN, y * SCALE + MARGIN];

/** The alignment template, centred in a larger square. */
const portraitCutOut = {
  size: PORTRAIT_SIDE,
  alignment: {
    kind: "similarity",
    template: [inPortrait(leftEye), inPortrait(rightEye), inPortrait(nose), inPortrait(leftMouth), inPortrait(rightMouth)],
  },
} satisfies AlignOptions["cutOut"];

/** Thumbnails of photographs and of their faces, these in the order of `compare`. Unreadable photographs are left out. */
export async function sheetPictures(facenet: FaceNet, sources: readonly string[], options: LookOptions & { maxPixels: number }) {
  const photographs: SheetPhotograph[] = [];
  const faces: SheetFace[] = [];
  for await (const item of facenet.align(sources, { ...options, cutOut: portraitCutOut })) {
    if (!item.ok) continue;
    const { image, width, height } = item.value;
    const photograph = photographs.length;
    const whole = await encodeJpeg(await decodeImage(image, options), { maxSide: 1000, quality: 72 });
    photographs.push({ name: basename(image), width, height, picture: jpegUri(whole) });
    for (const { box, quality, crop } of item.value.faces) {
      const portrait = jpegUri(await encodeJpeg(crop, { maxSide: PORTRAIT_SIDE, quality: 80 }));
      faces.push({ photograph, box, quality, portrait });
    }
  }
  return { photographs, faces };
}
