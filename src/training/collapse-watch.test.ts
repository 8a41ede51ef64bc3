import { describe, expect, it } from "vitest";
import { collapseWatch } from "./collapse-watch.ts";

const healthy = { loss: 0.12, triplets: 500, active: 500, positiveDistance: 0.5, negativeDistance: 1.4 };

/** All advice over a number of similar steps that follow others. */
function adviceOver(...phases: (readonly [steps: number, numbers: Partial<typeof healthy>])[]): string[] {
  const watch = collapseWatch({ margin: 0.2, window: 10 });
  let step = 0;
  return phases.flatMap(([steps, numbers]) =>
    Array.from({ length: steps }, () => watch({ step: ++step, ...healthy, ...numbers })).filter((advice) => advice !== undefined),
  );
}

describe("collapseWatch", () => {
  it("gives no advice while training goes well, nor before the first window", () => {
    expect(adviceOver([200, {}])).toEqual([]);
    expect(adviceOver([9, { loss: 0.2, positiveDistance: 0, negativeDistance: 0 }])).toEqual([]);
  });

  it("warns once of a collapse, with figures and a remedy", () => {
    const [advice, ...more] = adviceOver([100, { loss: 0.199, positiveDistance: 0.001, negativeDistance: 0.002 }]);
    expect(advice).toMatch(/^collapsed: .*0\.0020 apart and the loss 0\.199 is near the margin 0\.2.*learning rate/);
    expect(more).toEqual([]);
  });

  it("warns if the spread shrinks to a quarter", () => {
    expect(adviceOver([20, {}], [50, { negativeDistance: 0.3, positiveDistance: 0.1 }])).toEqual([
      expect.stringMatching(/^shrinking: .*down from 1\.400/),
    ]);
  });

  it("warns of batches without active triplets", () => {
    expect(adviceOver([20, { loss: 0, triplets: 0, active: 0 }])).toEqual([expect.stringMatching(/^no active triplets/)]);
  });

  it("warns of a loss that stays at the margin although faces spread", () => {
    expect(adviceOver([20, { loss: 0.2, positiveDistance: 1.399 }])).toEqual([expect.stringMatching(/^not learning/)]);
  });
});
