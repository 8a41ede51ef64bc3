import * as z from "zod";
import { describeReport, readConfiguration } from "../../reports/finding/describe-report.ts";
import { findReport } from "../../reports/finding/find-reports.ts";
import { TrainingReader } from "../../reports/finding/follow-training.ts";
import { ListedReport, TrainingCurves } from "../../schemas/report.ts";
import { TrainingConfiguration } from "../../schemas/training.ts";
import { defineAnswer } from "../operation.ts";
import { reportsOption } from "./reports-option.ts";

export const pointsOption = z.int().min(10).max(2000).default(200).describe("maximum points per curve; more steps are averaged");

export const showReport = defineAnswer({
  name: "show report",
  summary: "Shows a report; for a training run with its curves",
  input: z.strictObject({ report: z.string().describe("id of the report"), points: pointsOption, ...reportsOption }),
  output: ListedReport.extend({
    curves: TrainingCurves.nullable().describe("curves of a training run from its first step; null for evaluations"),
    configuration: TrainingConfiguration.nullable().describe("configuration of a training run; null if unknown"),
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
