import * as z from "zod";
import { describeReport } from "../../reports/finding/describe-report.ts";
import { findReports } from "../../reports/finding/find-reports.ts";
import { ListedReport } from "../../schemas/report.ts";
import { defineAnswer } from "../operation.ts";
import { reportsOption } from "./reports-option.ts";

export const listReports = defineAnswer({
  name: "list reports",
  summary: "Lists reports of evaluations and training runs, latest first",
  input: z.strictObject(reportsOption),
  output: z.object({ reports: z.array(ListedReport) }),
  async run({ reports: folders }) {
    const now = Date.now();
    const found = await findReports(folders);
    const described = await Promise.all(found.map((report) => describeReport(report, now).catch(() => undefined))); // deleted meanwhile
    const reports = described.filter((one) => one !== undefined);
    return { reports: reports.sort((a, b) => b.at.localeCompare(a.at)) };
  },
});
