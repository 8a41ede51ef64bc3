import { expect, it } from "vitest";
import { trainingDefaults } from "../../schemas/training.ts";
import type { TrainingLogLine } from "./training-log.ts";
import { trainingReport } from "./training-report.ts";

const step = (number: number): TrainingLogLine => ({
  kind: "step",
  step: number,
  epoch: number / 10,
  loss: 0.2 - number / 10_000,
  learningRate: 0.05,
  images: 100,
  pairs: 500,
  triplets: 400,
  active: 400,
  positiveDistance: 0.5,
  negativeDistance: 1 + number / 1000,
  imagesPerSecond: 50,
  waitedMs: 0,
});
const heldOut = (at: number): TrainingLogLine => ({
  kind: "held-out",
  step: at,
  people: 30,
  faces: 600,
  accuracy: 0.6,
  auc: 0.65,
  eer: 0.4,
  val: [{ far: 0.01, val: 0.1 }],
});
const facts = {
  title: "Training of x",
  configuration: { ...trainingDefaults, augment: [], network: "x" },
  summary: { Model: "x.y" },
};

it("shows curves, settings and advice, and escapes its content", () => {
  const lines = [
    heldOut(0),
    ...Array.from({ length: 900 }, (_, i) => step(i + 1)),
    heldOut(900),
    { kind: "advice", step: 7, advice: "a < b" } as const,
  ];
  const page = trainingReport({ ...facts, lines });
  for (const title of ["Held-out people", "Loss", "Distances within the mini-batch", "Active triplets", "Speed"])
    expect(page).toContain(title);
  expect(page.match(/<svg/g)?.length).toBe(5);
  expect(page).toContain("Step 7: a &#60; b");
  expect(page).toContain("semi-hard");
  expect(page.length).toBeLessThan(200_000); // 900 steps are not 900 points
});

it("names a model given by its path", () => {
  const page = trainingReport({
    ...facts,
    configuration: { ...facts.configuration, teacher: "/srv/private/big-model" },
    lines: [],
  });
  expect(page).toContain("<td>big-model</td>");
  expect(page).not.toContain("private");
});

it("works for a run without steps", () => {
  const page = trainingReport({ ...facts, lines: [heldOut(0)] });
  expect(page).toContain("Learning curves");
  expect(page).not.toContain("<svg");
});
