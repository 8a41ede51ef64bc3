import fc from "fast-check";
import { expect, it } from "vitest";
import { locateModel } from "../models/model-store.ts";
import { identificationThreshold } from "./identify-face.ts";

const { manifest } = await locateModel("embedding");
const rates = manifest.thresholds.map(({ far }) => far);

it("shares the rate of a look-up out among the people, as far down as that goes", () => {
  for (const { far, distance } of manifest.thresholds)
    expect(identificationThreshold(manifest, far * 20, 20)).toBeCloseTo(distance, 9);
  const people = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(people, people, fc.double({ min: 1e-4, max: 0.1, noNaN: true }), (a, b, fpir) => {
      const [few, many] = [Math.min(a, b), Math.max(a, b)];
      const [ofFew, ofMany] = [few, many].map((count) => identificationThreshold(manifest, fpir, count)) as [number, number];
      expect(ofMany).toBeLessThanOrEqual(ofFew);
      expect(ofMany).toBeGreaterThanOrEqual(0);
      // below the measured rates it goes on
      if (fpir / few < Math.min(...rates) && many > 1.01 * few) expect(ofMany).toBeLessThan(ofFew);
    }),
  );
});
