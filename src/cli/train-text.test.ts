import { expect, it } from "vitest";
import { trainText } from "./train-text.ts";

type Result = Parameters<typeof trainText>[0];
const figures = (step: number, accuracy: number) => ({
  step,
  people: 30,
  faces: 600,
  accuracy,
  auc: accuracy,
  eer: 0.3,
  val: [{ far: 0.01, val: accuracy / 2 }],
});
const result = {
  model: { id: "nn4-small.mine" },
  folder: "mine",
  report: "mine/report.html",
  steps: 100,
  people: 270,
  images: 5600,
  loss: 0.15,
  untrained: figures(0, 0.5),
  heldOut: figures(100, 0.7),
  singlePeople: 2,
  advice: ["collapsed: …"],
  failures: [{ image: "a.jpg", code: "FACE_NOT_FOUND", message: "no face found." }],
} as unknown as Result;

it("prints the model, its figures against the untrained network, and exclusions", () => {
  expect(trainText(result).split("\n")).toEqual([
    "model      nn4-small.mine in mine: use it with --model mine/",
    "trained    100 steps on 5600 images of 270 people, last loss 0.1500",
    "held out   600 faces of 30 people not trained on, all pairs:",
    "accuracy   0.7000 (untrained 0.5000)",
    "AUC        0.7000 (untrained 0.5000)",
    "VAL        0.3500 at FAR 0.01 (untrained 0.2500)",
    "report     mine/report.html",
    "Left out, with a single image: 2 people.",
    "collapsed: …",
  ]);
});

it("claims no measurement if nobody was held out", () => {
  expect(trainText({ ...result, untrained: null, heldOut: null })).toContain("held out   none: too few people");
});
