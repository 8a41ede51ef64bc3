import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeBytes } from "../metric/byte-code.ts";
import { codeDistance, normalize } from "../metric/distance.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { measuredFaces, thresholdsOf } from "./held-out.ts";

const random = seededRandom(2);
const SIZE = 16;
const labels = Array.from({ length: 120 }, (_, i) => i % 20);
const centres = Array.from({ length: 20 }, () => Array.from({ length: SIZE }, () => random() - 0.5));
const vectors = labels.map((label) =>
  normalize(Float32Array.from(centres[label] as number[], (value) => value + 0.5 * (random() - 0.5))),
);
const calibration = thresholdsOf(Float32Array.from(vectors.flatMap((vector) => [...vector])), SIZE, labels);

describe("thresholdsOf", () => {
  it("returns thresholds whose false accept rates on byte codes are met closely", () => {
    const codes = vectors.map((vector) => encodeBytes(vector, calibration.codeScale));
    const strangers = codes.flatMap((a, i) =>
      codes.slice(0, i).flatMap((b, j) => (labels[i] === labels[j] ? [] : [codeDistance(a, b)])),
    );
    for (const { far, distance } of calibration.thresholds) {
      const accepted = strangers.filter((d) => d <= distance).length / strangers.length;
      expect(accepted).toBeLessThanOrEqual(far + 2 / strangers.length);
      expect(accepted).toBeGreaterThan(far / 2);
    }
  });

  it("returns only rates that the number of pairs supports", () => {
    expect(calibration.thresholds.map(({ far }) => far)).toEqual([1e-1, 1e-2, 1e-3]); // 6,840 pairs of two people
    const few = thresholdsOf(Float32Array.of(1, 0, 0.8, 0.6, 0, 1), 2, [0, 0, 1]);
    expect(few.thresholds.map(({ far }) => far)).toEqual([1e-1]);
  });

  it("has a scale that clips no component, and a probability that falls with distance", () => {
    const largest = Math.max(...vectors.flatMap((vector) => Array.from(vector, Math.abs)));
    expect(127 * calibration.codeScale).toBeGreaterThanOrEqual(largest - 1e-3);
    expect(calibration.probability?.slope).toBeGreaterThan(0);
  });
});

describe("measuredFaces", () => {
  it("never exceeds the faces whose distances fit into memory, nor includes one without a partner", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 60 }), { minLength: 1, maxLength: 5000 }), (counts) => {
        let next = 0;
        const imagesOfPeople = counts.map((count) => Array.from({ length: count }, () => next++));
        const chosen = measuredFaces(imagesOfPeople);
        expect(chosen.length).toBeLessThanOrEqual(4000);
        expect(chosen.length).toBeGreaterThanOrEqual(Math.min(next, 2 * Math.min(counts.length, 2000)));
        const own = Map.groupBy(chosen, ({ person }) => person);
        for (const [person, faces] of own) {
          expect(faces.length).toBeGreaterThanOrEqual(2);
          for (const { image } of faces) expect(imagesOfPeople[person]).toContain(image);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("takes all of a small set", () => {
    expect(
      measuredFaces([
        [4, 5, 6],
        [1, 2],
      ]).map(({ image }) => image),
    ).toEqual([4, 5, 6, 1, 2]);
  });
});
