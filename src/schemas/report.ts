/** Reports of evaluations and trainings, as the service and the page show them. */
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
  at: z.number().nullable().describe("of a val the FAR, of a step the last one where it is known; else null"),
});
export type ReportFigure = z.infer<typeof ReportFigure>;

/** What the page of an evaluation says of itself in its head, for programs. */
export const ReportAbout = z.object({
  kind: z.literal("evaluation"),
  title: z.string(),
  subject: z.string().describe("what was measured on"),
  figures: z.array(ReportFigure),
});
export type ReportAbout = z.infer<typeof ReportAbout>;

export const ListedReport = z
  .object({
    id: z.string().describe("names the report; no path"),
    kind: z.enum(reportKinds),
    name: z.string().describe("title of an evaluation, folder of a training"),
    subject: z.string().nullable().describe("what was measured on, or the network that is trained"),
    state: z
      .enum(["running", "stopped", "finished"])
      .describe("stopped: a training that has written nothing for a while; it can be gone on with"),
    at: z.string().describe("when it last changed; ISO 8601, UTC"),
    figures: z.array(ReportFigure).describe("the main ones"),
    hasPage: z.boolean().describe("there is a page to read"),
  })
  .meta({ id: "ListedReport" });
export type ListedReport = z.infer<typeof ListedReport>;

/** Steps of a training, averaged where there are many. */
export const CurvePoint = TrainingStep.pick({
  learningRate: true,
  loss: true,
  positiveDistance: true,
  negativeDistance: true,
  imagesPerSecond: true,
}).extend({
  step: z.int().describe("the last of them, counted from 1"),
  steps: z.int().describe("how many; all figures are means over them"),
  active: z.number().nullable().describe("triplets with a loss above 0 in the mini-batch; null for a classification loss"),
});
export type CurvePoint = z.infer<typeof CurvePoint>;

export const TrainingAdvice = z.object({ step: z.int(), advice: z.string() });
export type TrainingAdvice = z.infer<typeof TrainingAdvice>;

const from = z.int().min(0).describe("what is kept from here on is replaced by `items`");

/** The curves of a training, or what of them has changed. */
export const TrainingCurves = z
  .object({
    state: ListedReport.shape.state,
    total: z.int().nullable().describe("steps that were asked for; null where it is not known"),
    points: z.object({ from, items: z.array(CurvePoint) }),
    heldOut: z.object({ from, items: z.array(HeldOutResult) }),
    advice: z.object({ from, items: z.array(TrainingAdvice) }),
  })
  .meta({ id: "TrainingCurves" });
export type TrainingCurves = z.infer<typeof TrainingCurves>;
