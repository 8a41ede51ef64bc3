/** Report routes besides the operations: the page of a report, its signed URL, and live training curves. */
import { readFile } from "node:fs/promises";
import { streamSSE } from "hono/streaming";
import { reportLink, reportPage, watchTraining } from "../contract/service-calls.ts";
import { FaceNetError } from "../errors.ts";
import { jsonText } from "../files/json-text.ts";
import { findReport, pageOf } from "../reports/finding/find-reports.ts";
import { followTraining } from "../reports/finding/follow-training.ts";
import { callerOf, signUrl } from "./authentication.ts";
import { serviceHandler } from "./route.ts";
import type { Services } from "./services.ts";

/** Interval between reads of a training log. */
const READ_MS = 1000;

/** Content security policy of a report: no scripts, forms or requests, and an opaque origin. */
const documentPolicy = [
  "default-src 'none'",
  "img-src data:",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "sandbox",
].join("; ");

export function reportHandlers({ settings, keys, isStopping, log }: Pick<Services, "settings" | "keys" | "isStopping" | "log">) {
  const folders = settings.reports ?? [];
  return {
    reportPage: serviceHandler(reportPage, async ({ report: id }) => {
      const page = await pageOf(await findReport(folders, id));
      if (page === undefined) throw new FaceNetError("NOT_FOUND", { what: "page of report", id });
      const headers = {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": documentPolicy,
      };
      return new Response(await readFile(page), { headers });
    }),

    reportLink: serviceHandler(reportLink, async ({ report }, { c }) => {
      const { id } = await findReport(folders, report);
      const path = `/v1/reports/${encodeURIComponent(id)}/page`;
      const caller = callerOf(c).id;
      return { url: caller === "local" ? path : await signUrl(path, caller, keys, Date.now()) };
    }),

    watchTraining: serviceHandler(watchTraining, async ({ report: id, points }, { c }) => {
      const report = await findReport(folders, id);
      if (report.kind !== "training") throw new FaceNetError("NOT_FOUND", { what: "training", id });
      return streamSSE(c, async (stream) => {
        const ended = new AbortController();
        stream.onAbort(() => ended.abort());
        const following = { points, everyMs: READ_MS, signal: ended.signal, isEnding: isStopping, now: Date.now };
        let count = 0;
        try {
          for await (const curves of followTraining(report, following))
            await stream.writeSSE({ event: "curves", id: String(count++), data: jsonText(curves) });
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          log.warn({ requestId: c.get("requestId"), code }, "training log not readable");
        }
      });
    }),
  };
}
