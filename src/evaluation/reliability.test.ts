import { describe, expect, it } from "vitest";
import { logLoss, reliabilityOf } from "./reliability.ts";
import { computeRoc } from "./roc.ts";

describe("reliabilityOf", () => {
  it("weighs both kinds alike, however many there are of each", () => {
    // three same pairs and one different in the bin of 0.75, three different in the bin of 0.25, one same beside them
    const distances = [1, 1, 1, 3, 1, 3, 3, 3];
    const same = [true, true, true, true, false, false, false, false];
    expect(reliabilityOf(computeRoc(distances, same), (d) => (d < 2 ? 0.75 : 0.25))).toEqual([
      { predicted: 0.25, observed: 0.25, interval: null, pairs: 4 },
      { predicted: 0.75, observed: 0.75, interval: null, pairs: 4 },
    ]);
    // the different pairs three times over: nothing but the count changes
    const more = [0, 1, 2].flatMap(() => distances.slice(4));
    const points = reliabilityOf(
      computeRoc([...distances.slice(0, 4), ...more], [...same.slice(0, 4), ...more.map(() => false)]),
      (d) => (d < 2 ? 0.75 : 0.25),
    );
    expect(points.map(({ observed }) => observed)).toEqual([expect.closeTo(0.25, 12), expect.closeTo(0.75, 12)]);
  });

  it("keeps a probability of 1 in the last bin", () => {
    expect(reliabilityOf(computeRoc([0, 4], [true, false]), (d) => (d === 0 ? 1 : 0))).toEqual([
      { predicted: 0, observed: 0, interval: null, pairs: 1 },
      { predicted: 1, observed: 1, interval: null, pairs: 1 },
    ]);
  });
});

describe("logLoss", () => {
  it("is the mean over both kinds of -log of what was given to the truth", () => {
    const loss = logLoss(computeRoc([0, 0, 2], [true, true, false]), (d) => (d === 0 ? 0.9 : 0.2));
    expect(loss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.8)) / 2, 12);
    expect(logLoss(computeRoc([0, 2], [true, false]), () => 0.5)).toBeCloseTo(Math.LN2, 12);
  });

  it("stays finite for certainty that was wrong, and refuses one kind", () => {
    expect(logLoss(computeRoc([0, 2], [true, false]), () => 1)).toBeCloseTo(-Math.log(1e-9) / 2, 6);
    expect(() => logLoss(computeRoc([0], [true]), () => 1)).toThrow(RangeError);
  });
});
