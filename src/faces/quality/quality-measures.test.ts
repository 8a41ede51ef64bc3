import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { qualityLimits } from "./face-quality.ts";
import { qualityMeasures, qualityScore } from "./quality-measures.ts";

const measured = fc.record({
  sizePx: fc.double({ min: 5, max: 500, noNaN: true }),
  sharpness: fc.double({ min: 0, max: 900, noNaN: true }),
  visible: fc.double({ min: 0, max: 1, noNaN: true }),
  yawDegrees: fc.double({ min: -90, max: 90, noNaN: true }),
  pitchDegrees: fc.double({ min: -90, max: 90, noNaN: true }),
  rollDegrees: fc.constant(0),
  confidence: fc.double({ min: 0.5, max: 1, noNaN: true }),
});

describe("qualityScore", () => {
  it("is at least 1 exactly if every measure meets its limit", () => {
    const limits = qualityLimits;
    fc.assert(
      fc.property(measured, (face) => {
        const kept =
          face.sizePx >= limits.minSizePx &&
          face.sharpness >= limits.minSharpness &&
          face.visible >= limits.minVisible &&
          Math.abs(face.yawDegrees) <= limits.maxYawDegrees &&
          Math.abs(face.pitchDegrees) <= limits.maxPitchDegrees &&
          1 - face.confidence <= 1 - limits.minConfidence;
        expect(qualityScore(face) >= 1).toBe(kept);
      }),
    );
  });

  it("never falls when one measure gets better", () => {
    fc.assert(
      fc.property(measured, fc.double({ min: 1, max: 3, noNaN: true }), (face, factor) => {
        const better = [
          { ...face, sizePx: face.sizePx * factor },
          { ...face, sharpness: face.sharpness * factor },
          { ...face, visible: Math.min(1, face.visible * factor) },
          { ...face, yawDegrees: face.yawDegrees / factor },
          { ...face, pitchDegrees: face.pitchDegrees / factor },
          { ...face, confidence: 1 - (1 - face.confidence) / factor },
        ];
        for (const one of better) {
          expect(qualityScore(one)).toBeGreaterThanOrEqual(qualityScore(face));
          for (const of of Object.values(qualityMeasures)) {
            const record = { acceptable: true, reasons: [] };
            expect(of({ ...one, ...record })).toBeGreaterThanOrEqual(of({ ...face, ...record }));
          }
        }
      }),
    );
  });
});
