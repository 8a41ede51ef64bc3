/** Evaluation and training reports, as served to programs and the web page. */
import * as z from "zod";
import { HeldOutResult, TrainingStep } from "./training.ts";

export const reportKinds = ["evaluation", "training"] as const;

export const figureNames = [
  "accuracy",
  "val",
  "auc",
  "eer",
  "pairs",
  "people",
  "images",
  "known-named",
  "strangers-named",
  "b-cubed-f",
  "pairwise-f",
  "models",
  "step",
  "loss",
] as const;
export type FigureName = (typeof figureNames)[number];

export const ReportFigure = z.object({
  name: z.enum(figureNames),
  value: z.number().describe("rates are 0 to 1"),
  at: z.number().nullable().describe("for VAL the FAR, for a step the last step if known; else null"),
});
export type ReportFigure = z.infer<typeof ReportFigure>;

/** Metadata in the head of an evaluation's page. */
export const ReportAbout = z.object({
  kind: z.literal("evaluation"),
  title: z.string(),
  subject: z.string().describe("data set measured on"),
  figures: z.array(ReportFigure),
});
export type ReportAbout = z.infer<typeof ReportAbout>;

export const ListedReport = z
  .object({
    id: z.string().describe("id of the report; not a path"),
    kind: z.enum(reportKinds),
    name: z.string().describe("title of an evaluation, folder of a training"),
    subject: z.string().nullable().describe("data set measured on, or network trained"),
    state: z
      .enum(["running", "stopped", "finished"])
      .describe("stopped: a training that has written nothing for a while; it can be resumed"),
    at: z.string().describe("time of the last change; ISO 8601, UTC"),
    figures: z.array(ReportFigure).describe("the main ones"),
    hasPage: z.boolean().describe("has an HTML page"),
  })
  .meta({ id: "ListedReport" });
export type ListedReport = z.infer<typeof ListedReport>;

/** A training step, or the mean of several. */
export const CurvePoint = TrainingStep.pick({
  learningRate: true,
  loss: true,
  positiveDistance: true,
  negativeDistance: true,
  imagesPerSecond: true,
}).extend({
  step: z.int().describe("number of the last step, counted from 1"),
  steps: z.int().describe("number of steps averaged"),
  active: z.number().nullable().describe("triplets with a loss above 0 in the mini-batch; null for a classification loss"),
});
export type CurvePoint = z.infer<typeof CurvePoint>;

export const TrainingAdvice = z.object({ step: z.int(), advice: z.string() });
export type TrainingAdvice = z.infer<typeof TrainingAdvice>;

const from = z.int().min(0).describe("`items` replaces everything from this index on");

/** Training curves, or the part that has changed. */
export const TrainingCurves = z
  .object({
    state: ListedReport.shape.state,
    total: z.int().nullable().describe("steps requested; null if unknown"),
    points: z.object({ from, items: z.array(CurvePoint) }),
    heldOut: z.object({ from, items: z.array(HeldOutResult) }),
    advice: z.object({ from, items: z.array(TrainingAdvice) }),
  })
  .meta({ id: "TrainingCurves" });
export type TrainingCurves = z.infer<typeof TrainingCurves>;
