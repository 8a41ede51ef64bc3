import { expect, test } from "vitest";
import type { Verdict } from "../schemas/verdict.ts";
import { rateText, verifyExitCode, verifyText } from "./verify-text.ts";

const face = { image: "a.jpg", box: { x: 1, y: 2, width: 30, height: 40 }, quality: { acceptable: false, reasons: ["blurred"] } };
const verdict = {
  verified: true,
  distance: 0.75,
  threshold: 1.28,
  falseAcceptRate: 0.001,
  strangersAsClose: 0.0001,
  probability: 0.973,
  model: "m",
  calibration: { from: "stored", calibratedOn: "600 faces of 30 people" },
  faces: [face, { ...face, image: "b.jpg", quality: { acceptable: true, reasons: [] } }],
} as unknown as Verdict;
const plain = (_: string, text: string) => text;

test("the verdict is a sentence, with its basis below", () => {
  expect(verifyText(verdict, plain).split("\n")).toEqual([
    "The same person: the distance 0.750 is within the threshold 1.280 (squared L2, 0 to 4).",
    "",
    "threshold    passes 1 in 1,000 pairs of different people",
    "this close   are at most 1 in 10,000 pairs of different people",
    "probability  97.3 % that they are the same person, if both cases were equally frequent",
    "model        m",
    "calibration  stored with the model: 600 faces of 30 people",
    "liveness     not assessed",
    "face         a.jpg  1,2 30x40  blurred",
    "face         b.jpg  1,2 30x40",
  ]);
});

test("different people are reported, without probability for a model without a curve", () => {
  const text = verifyText({ ...verdict, verified: false, distance: 1.5, probability: null }, plain);
  expect(text).toMatch(/^Different people: the distance 1\.500 is above the threshold 1\.280/);
  expect(text).not.toContain("probability");
});

test("only with --exit-code the verdict is the exit status", () => {
  const stranger = { ...verdict, verified: false };
  expect([
    verifyExitCode(stranger, {}),
    verifyExitCode(stranger, { exitCode: true }),
    verifyExitCode(verdict, { exitCode: true }),
  ]).toEqual([0, 10, 0]);
});

test("rates are printed as 1 in N", () => {
  expect([rateText(0.01), rateText(0.00037), rateText(0)]).toEqual(["1 in 100", "1 in 2,700", "none of the measured"]);
});
