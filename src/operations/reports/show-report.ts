import * as z from "zod";
import { describeReport, readConfiguration } from "../../reports/finding/describe-report.ts";
import { findReport } from "../../reports/finding/find-reports.ts";
import { TrainingReader } from "../../reports/finding/follow-training.ts";
import { ListedReport, TrainingCurves } from "../../schemas/report.ts";
import { TrainingConfiguration } from "../../schemas/training.ts";
import { defineAnswer } from "../operation.ts";
import { reportsOption } from "./reports-option.ts";

export const pointsOption = z.int().min(10).max(2000).default(200).describe("of a curve, at most; more steps are averaged");

export const showReport = defineAnswer({
  name: "show report",
  summary: "A report; of a training with its curves",
  positionals: [],
  examples: [],
  input: z.strictObject({ report: z.string().describe("its id"), points: pointsOption, ...reportsOption }),
  output: ListedReport.extend({
    curves: TrainingCurves.nullable().describe("of a training, from its first step on"),
    configuration: TrainingConfiguration.nullable().describe("of a training; null where it is not known"),
  }).meta({ id: "Report" }),
  async run({ report: id, points, reports: folders }) {
    const now = Date.now();
    const report = await findReport(folders, id);
    const described = await describeReport(report, now);
    if (report.kind === "evaluation") return { ...described, curves: null, configuration: null };
    const curves = await new TrainingReader(report, points).changes(now);
    return { ...described, curves, configuration: (await readConfiguration(report)) ?? null };
  },
});
