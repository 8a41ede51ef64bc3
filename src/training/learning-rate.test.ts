import { describe, expect, it } from "vitest";
import { parseSchedule, rateCourse, rateOfEpoch } from "./learning-rate.ts";

/** data/learning_rate_schedule_classifier_casia.txt of the reference implementation. */
const casia = "# Learning rate schedule\n# Maps an epoch number to a learning rate\n0:  0.05\n60: 0.005\n80: 0.0005\n91: -1\n";

describe("parseSchedule and rateOfEpoch", () => {
  it("read the reference implementation's file", () => {
    const schedule = parseSchedule(casia, "casia.txt");
    const rates = [0, 59, 60, 79, 80, 90, 91, 500].map((epoch) => rateOfEpoch(schedule, epoch));
    expect(rates).toEqual([0.05, 0.05, 0.005, 0.005, 0.0005, 0.0005, null, null]);
  });

  it("keep the last rate if the file does not end, and skip empty lines and comments", () => {
    const schedule = parseSchedule("\n0: 0.1 # begin\r\n\r\n  300 : 0.01\n", "file");
    expect([299, 300, 100_000].map((epoch) => rateOfEpoch(schedule, epoch))).toEqual([0.1, 0.01, 0.01]);
    expect(rateOfEpoch(parseSchedule("0: 0.1\n5: -", "file"), 5)).toBeNull();
  });

  it.each([
    ["0: 0.1\n\nfive: 0.01", "s.txt, line 3: must be `epoch: rate`, got five: 0.01"],
    ["0: 0.1\n5: fast", "line 2: a rate must be a number above 0, or -1 to stop, got fast"],
    ["0: 0", "line 1: a rate must be a number above 0"],
    ["5: 0.1", "line 1: the first line must be for epoch 0, got 5"],
    ["0: 0.1\n5: 0.2\n5: 0.3", "line 3: epochs must ascend, got 5 after 5"],
    ["# nothing\n", "contains no rate"],
  ])("refuse %j", (text, message) => {
    expect(() => parseSchedule(text, "s.txt")).toThrow(message);
  });
});

describe("rateCourse", () => {
  const course = {
    learningRate: 0.1,
    steps: 100,
    rateSchedule: "constant",
    warmup: 0,
    milestones: [0.8],
    milestoneFactor: 0.1,
    finalRate: 0,
  } as const;
  const rates = (changes: object, ...done: number[]) => done.map(rateCourse({ ...course, ...changes }));

  it("rises over the warm-up, to the maximum", () => {
    expect(rates({ warmup: 0.03 }, 0, 1, 2, 3, 99)).toEqual([0.025, 0.05, expect.closeTo(0.075), 0.1, 0.1]);
  });

  it("decays stepwise, linearly or by a cosine", () => {
    expect(rates({ rateSchedule: "step" }, 0, 79, 80, 99)).toEqual([0.1, 0.1, expect.closeTo(0.01), expect.closeTo(0.01)]);
    expect(rates({ rateSchedule: "linear", finalRate: 0.5 }, 0, 50, 100)).toEqual([0.1, expect.closeTo(0.075), 0.05]);
    expect(rates({ rateSchedule: "cosine" }, 0, 50, 100)).toEqual([0.1, expect.closeTo(0.05), expect.closeTo(0)]);
  });
});
