import { beforeAll, describe, expect, it } from "vitest";
import { samplePhotograph } from "../../../test/sample-photographs.ts";
import { decodeImage } from "../../image/decode.ts";
import { halved } from "../../image/pyramid.ts";
import type { Detection, Point } from "../../schemas/face.ts";
import type { RgbImage } from "../../schemas/image-source.ts";
import { arcfaceTemplate } from "../alignment/arcface-template.ts";
import { pixelsOf } from "../photograph.ts";
import { faceQuality as judge, qualityLimits } from "./face-quality.ts";

let photograph: RgbImage;
beforeAll(async () => {
  photograph = await decodeImage(samplePhotograph("sample2"));
});
const faceQuality = (face: Detection, picture = photograph) => judge(face, pixelsOf(picture), picture);

/** The template's face, enlarged and placed in the photograph, with its nose moved to rotate it. */
const faceAt = (x0: number, y0: number, scale: number, { noseX = 0, noseY = 0, confidence = 0.99 } = {}): Detection => {
  const points = arcfaceTemplate.map(([x, y]): Point => ({ x: x0 + scale * x, y: y0 + scale * y }));
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = points as [Point, Point, Point, Point, Point];
  const turned = { x: nose.x + noseX * scale, y: nose.y + noseY * scale };
  return {
    box: { x: x0, y: y0, width: 80 * scale, height: 100 * scale },
    landmarks: { leftEye, rightEye, nose: turned, leftMouth, rightMouth },
    confidence,
  };
};

describe("faceQuality", () => {
  it("accepts a large, sharp, frontal face", () => {
    expect(faceQuality(faceAt(700, 300, 2))).toMatchObject({
      sizePx: expect.closeTo(224, 3),
      yawDegrees: expect.closeTo(0, 3),
      confidence: 0.99,
      acceptable: true,
      reasons: [],
    });
  });

  it("states defects with figures", () => {
    const reasons = (face: Detection) => {
      const quality = faceQuality(face);
      expect(quality.acceptable).toBe(false);
      return quality.reasons;
    };
    expect(reasons(faceAt(700, 300, 0.3))).toContainEqual("small: 34 pixels across, below 40");
    expect(reasons(faceAt(700, 300, 2, { confidence: 0.8 }))).toEqual(["uncertain: detector confidence 0.80, below 0.9"]);
    expect(reasons(faceAt(700, 300, 2, { noseX: 20 }))).toEqual([
      expect.stringMatching(/^turned away: \d\d degrees to the side$/),
    ]);
    expect(reasons(faceAt(700, 300, 2, { noseY: 25 }))).toContainEqual(expect.stringMatching(/^looking down: \d\d degrees$/));
    expect(reasons(faceAt(700, 300, 2, { noseY: -25 }))).toContainEqual(expect.stringMatching(/^looking up: \d\d degrees$/));
  });

  it("reports the share of features within the photograph, at every edge", () => {
    const { width, height } = photograph;
    const [right, bottom] = [20 + 72, 36 + 68]; // of the features, in the template of 112 x 112
    const share = (x: number, y: number) => faceQuality(faceAt(x, y, 2)).visible;
    expect(share(700, 300)).toBe(1);
    expect(share(-40, 300)).toBe(1); // cuts off no feature
    for (const cut of [0.25, 0.5, 0.75]) {
      expect(share(-2 * (20 + 72 * cut), 300)).toBeCloseTo(1 - cut, 1);
      expect(share(width - 2 * (right - 72 * cut), 300)).toBeCloseTo(1 - cut, 1);
      expect(share(700, -2 * (36 + 68 * cut))).toBeCloseTo(1 - cut, 1);
      expect(share(700, height - 2 * (bottom - 68 * cut))).toBeCloseTo(1 - cut, 1);
    }
    expect(faceQuality(faceAt(-2 * 56, 300, 2)).reasons).toContainEqual("cut off by the edge of the image: 50 % visible");
  });

  it("finds a blurred face blurred, a sharp one sharper", () => {
    let small = photograph;
    for (let i = 0; i < 4; i++) small = halved(small);
    const blurred = faceQuality(faceAt(700 / 16, 300 / 16, 2 / 16), small);
    const flat = faceQuality(faceAt(10, 10, 2), { data: new Uint8Array(300 * 300 * 3).fill(120), width: 300, height: 300 });
    expect(flat.sharpness).toBe(0);
    expect(flat.reasons).toEqual([`blurred: sharpness 0, below ${qualityLimits.minSharpness}`]);
    expect(blurred.sharpness).toBeLessThan(faceQuality(faceAt(700, 300, 2)).sharpness);
  });
});
