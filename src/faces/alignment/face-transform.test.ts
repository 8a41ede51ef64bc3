import { describe, expect, it } from "vitest";
import { type Detection, landmarkPoints, type Point } from "../../schemas/face.ts";
import type { Alignment } from "../../schemas/model-manifest.ts";
import { arcfaceTemplate } from "./arcface-template.ts";
import { faceTransform } from "./face-transform.ts";
import { inverse, transformed } from "./similarity.ts";

const arcface = { kind: "similarity", template: arcfaceTemplate.map(([x, y]) => [x, y]) } as unknown as Alignment;
const photograph = { width: 400, height: 300 };

const face = (box: Detection["box"], at: (x: number, y: number) => Point = (x, y) => ({ x, y })): Detection => {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = arcfaceTemplate.map(([x, y]) => at(x, y)) as [
    Point,
    Point,
    Point,
    Point,
    Point,
  ];
  return { box, landmarks: { leftEye, rightEye, nose, leftMouth, rightMouth }, confidence: 1 };
};

describe("faceTransform by landmarks", () => {
  it("maps the template's points, with pixel centres at whole numbers, to the landmarks", () => {
    // turned by a quarter, twice as large
    const found = face({ x: 0, y: 0, width: 1, height: 1 }, (x, y) => ({ x: 300 - 2 * y, y: 40 + 2 * x }));
    const toImage = faceTransform(found, arcface, { width: 112, height: 112 }, photograph);
    for (const [i, landmark] of landmarkPoints(found.landmarks).entries()) {
      const [x, y] = arcfaceTemplate[i] as readonly [number, number];
      const there = transformed(toImage, { x: x + 0.5, y: y + 0.5 });
      expect([there.x, there.y]).toEqual([expect.closeTo(landmark.x, 6), expect.closeTo(landmark.y, 6)]);
    }
  });

  it("is the closest similarity for landmarks without an exact one", () => {
    const bent = face({ x: 0, y: 0, width: 1, height: 1 }, (x, y) => ({ x: x + (y > 80 ? 6 : 0), y }));
    const toCutOut = inverse(faceTransform(bent, arcface, { width: 112, height: 112 }, photograph));
    const off = landmarkPoints(bent.landmarks).map((p, i) => {
      const { x, y } = transformed(toCutOut, p);
      const [tx, ty] = arcfaceTemplate[i] as readonly [number, number];
      return [x - 0.5 - tx, y - 0.5 - ty];
    });
    for (const axis of [0, 1]) expect(off.reduce((sum, d) => sum + (d[axis] as number), 0)).toBeCloseTo(0, 6);
  });
});

describe("faceTransform by box", () => {
  const crop = (box: Detection["box"], margin: number, side = 160) =>
    faceTransform(face(box), { kind: "crop", margin }, { width: side, height: side }, photograph);

  it("grows the box by half the margin on each side", () => {
    // 100 + 44 wide and 120 + 44 high onto 160 x 160, from (150 - 22, 90 - 22)
    expect(crop({ x: 150, y: 90, width: 100, height: 120 }, 44)).toEqual([0.9, 0, 128, 0, 1.025, 68]);
    expect(crop({ x: 150, y: 90, width: 100, height: 120 }, 0)).toEqual([0.625, 0, 150, 0, 0.75, 90]);
  });

  it("stays within the photograph", () => {
    // left and top: 10 - 22 and 5 - 22 become 0; right 110 + 22, bottom 105 + 22
    expect(crop({ x: 10, y: 5, width: 100, height: 100 }, 44, 100)).toEqual([1.32, 0, 0, 0, 1.27, 0]);
    // right and bottom: 410 and 310 become 400 and 300
    expect(crop({ x: 310, y: 210, width: 100, height: 100 }, 20, 100)).toEqual([1, 0, 300, 0, 1, 200]);
  });
});
