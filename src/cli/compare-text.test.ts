import { expect, test } from "vitest";
import type { Comparison } from "../schemas/verdict.ts";
import { compareExitCode, compareOutcome, compareText } from "./compare-text.ts";
import { failureLines, outcomeText } from "./outcome.ts";

const face = (image: string) => {
  return { image, index: 0, box: { x: 0, y: 0, width: 9, height: 9 }, confidence: 1, quality: { sizePx: 50, acceptable: true } };
};
const comparison = {
  model: "m",
  calibration: { from: "file", calibratedOn: "600 faces of 30 people" },
  threshold: 1.28,
  falseAcceptRate: 0.001,
  faces: [face("a.jpg"), face("b.jpg"), face("c.jpg")],
  distances: [
    [0, 1.28, 2],
    [1.28, 0, 1.281],
    [2, 1.281, 0],
  ],
  withoutFace: [],
  failures: [],
} as unknown as Comparison;
const failure = { image: "x.jpg", code: "IMAGE_NOT_FOUND", message: "no such file." };
const plain = (_: string, text: string) => text;

test("faces are numbered in a legend, and pairs at or below the threshold are marked", () => {
  const lines = compareText(comparison, plain).split("\n");
  expect(lines[1]).toMatch(/^ 1 {2}a\.jpg +0 {2}0,0 9x9/);
  expect(lines.slice(5, 9)).toEqual([
    "       1       2       3",
    "1      -   1.280*  2.000",
    "2  1.280*      -   1.281",
    "3  2.000   1.281       -",
  ]);
  expect(lines.at(-1)).toBe("  calibration: the given file: 600 faces of 30 people");
  expect(lines.at(-2)).toMatch(/^\* 1\.280 or below .* 1 in 1,000 pairs of different people$/);
});

test("failed photographs, and those without a face, are counted", () => {
  const outcome = compareOutcome({ ...comparison, withoutFace: ["y.jpg"], failures: [failure] });
  expect(outcomeText(outcome)).toBe("3 photographs done, 1 skipped (1 without a face), 1 failed.");
  expect(failureLines(outcome)).toEqual(["facenet: 1 of 5 photographs failed:", "  x.jpg: no such file."]);
});

test("the exit status distinguishes all, some and none", () => {
  const none = { ...comparison, faces: [], distances: [] };
  expect(compareExitCode(comparison)).toBe(0);
  expect(compareExitCode({ ...comparison, failures: [failure] })).toBe(1);
  expect(compareExitCode({ ...none, failures: [failure] })).toBe(3);
  expect(compareExitCode(none)).toBe(4);
});
