import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeDistance } from "../metric/distance.ts";
import type { Quality } from "../schemas/face.ts";
import { type Candidate, chooseFaces } from "./choose-faces.ts";

const quality: Quality = {
  sizePx: 100,
  sharpness: 50,
  yawDegrees: 0,
  pitchDegrees: 0,
  rollDegrees: 0,
  confidence: 1,
  acceptable: true,
  reasons: [],
};
const face = (id: number, code: number[], more: Partial<Quality> = {}): Candidate => ({
  id,
  code: Int8Array.from(code),
  quality: { ...quality, ...more },
});
const options = { outlier: 1.2, copy: 0.01 };

describe("chooseFaces", () => {
  it("leaves out poor faces with their reasons, outliers, and all but the largest of duplicates", () => {
    const { kept, dropped } = chooseFaces(
      [
        face(1, [100, 0, 0]),
        face(2, [90, 40, 0], { sizePx: 150 }),
        face(3, [90, 41, 0], { sizePx: 160 }),
        face(4, [-80, 60, 0]),
        face(5, [95, 0, 30], { acceptable: false, reasons: ["blurred", "small"] }),
      ],
      options,
    );
    expect(kept).toEqual([3, 1]);
    expect(dropped).toEqual([
      { id: 5, reason: "blurred; small" },
      { id: 4, reason: expect.stringMatching(/^outlier: median distance 2\.\d\d to the others$/) },
      { id: 2, reason: "a copy of face 3" },
    ]);
  });

  it("keeps a single face", () => {
    expect(chooseFaces([face(1, [1, 2, 3])], options)).toEqual({ kept: [1], dropped: [] });
    expect(chooseFaces([], options)).toEqual({ kept: [], dropped: [] });
  });

  it("measures a face by its median distance to all others", () => {
    const code = fc.array(fc.integer({ min: 1, max: 127 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(code, { minLength: 2, maxLength: 12 }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (codes, outlier) => {
          const faces = codes.map((values, id) => face(id, values));
          const { kept } = chooseFaces(faces, { outlier, copy: -1 });
          for (const one of faces) {
            const others = faces
              .filter((other) => other !== one)
              .map((other) => codeDistance(one.code as Int8Array, other.code as Int8Array));
            const median = others.sort((a, b) => a - b)[Math.floor(others.length / 2)] as number;
            expect(kept.includes(one.id)).toBe(median <= outlier);
          }
        },
      ),
    );
  });
});
