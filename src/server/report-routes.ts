/** Reports over HTTP, besides what is an operation: the page of one, and the curves of a training as it goes on. */
import { readFile } from "node:fs/promises";
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { jsonText } from "../files/json-text.ts";
import { parseInput } from "../operations/parse-input.ts";
import { pointsOption } from "../operations/reports/show-report.ts";
import { findReport, pageOf } from "../reports/finding/find-reports.ts";
import { followTraining } from "../reports/finding/follow-training.ts";
import { TrainingCurves } from "../schemas/report.ts";
import { callerOf, requireScope } from "./authentication.ts";
import type { Env } from "./env.ts";
import type { OtherRoute } from "./openapi-document.ts";
import { json } from "./operation-handler.ts";
import type { Services } from "./services.ts";
import { signAddress } from "./signed-address.ts";
import { readTextFields } from "./text-fields.ts";

/** Between two looks at a training's log. */
const LOOK_MS = 1000;

/** A document that may show itself and do nothing: no script, no form, no request, no name of ours for its origin. */
const documentPolicy = [
  "default-src 'none'",
  "img-src data:",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "sandbox",
].join("; ");

export type ReportRoute = OtherRoute & { readonly handle: (c: Context<Env>) => Promise<Response> };

export function reportRoutes({ settings, keys, isStopping, log }: Services): ReportRoute[] {
  const folders = Array.isArray(settings.reports) ? settings.reports.map(String) : [];
  const params = z.object({ report: z.string() });
  const common = { tags: ["reports"], security: [{ key: [] }] };
  const reading = (path: string, handle: ReportRoute["handle"]): Pick<ReportRoute, "path" | "handle"> => ({
    path,
    handle: (c) => {
      c.set("route", path);
      requireScope(callerOf(c), "read");
      return handle(c);
    },
  });
  const pagePath = (id: string): string => `/v1/reports/${encodeURIComponent(id)}/page`;

  return [
    {
      ...common,
      method: "get",
      summary: "The page of a report: one document that asks for nothing else",
      request: { params },
      responses: { 200: { description: "HTML", content: { "text/html": { schema: z.string() } } } },
      ...reading("/v1/reports/{report}/page", async (c) => {
        const report = await findReport(folders, idOf(c));
        const page = await pageOf(report);
        if (page === undefined) throw new FaceNetError("NOT_FOUND", { what: "page of report", id: report.id });
        const headers = {
          "content-type": "text/html; charset=utf-8",
          "cache-control": "no-store",
          "content-security-policy": documentPolicy,
        };
        return new Response(new Uint8Array(await readFile(page)), { headers });
      }),
    },
    {
      ...common,
      method: "post",
      summary: "An address of a report's page that a browser can open without the key, for a minute",
      request: { params },
      responses: {
        201: { description: "the address", content: { "application/json": { schema: z.object({ url: z.string() }) } } },
      },
      ...reading("/v1/reports/{report}/link", async (c) => {
        const { id } = await findReport(folders, idOf(c));
        const caller = callerOf(c).id;
        const path = pagePath(id);
        return json({ url: caller === "local" ? path : await signAddress(path, caller, keys, Date.now()) }, 201);
      }),
    },
    {
      ...common,
      method: "get",
      summary: "Watches a training: an event of type `curves` with all of them, then with what has changed, until it ends",
      request: { params, query: z.object({ points: pointsOption }) },
      responses: {
        200: { description: "server-sent events", content: { "text/event-stream": { schema: TrainingCurves } } },
      },
      ...reading("/v1/reports/{report}/events", async (c) => {
        const query = z.strictObject({ points: pointsOption });
        const { points } = parseInput(query, readTextFields(query, c.req.queries()));
        const report = await findReport(folders, idOf(c));
        if (report.kind !== "training") throw new FaceNetError("NOT_FOUND", { what: "training", id: report.id });
        return streamSSE(c, async (stream) => {
          const ended = new AbortController();
          stream.onAbort(() => ended.abort());
          let count = 0;
          const following = { points, everyMs: LOOK_MS, signal: ended.signal, isEnding: isStopping, now: Date.now };
          try {
            for await (const curves of followTraining(report, following))
              await stream.writeSSE({ event: "curves", id: String(count++), data: jsonText(curves) });
          } catch (error) {
            log.warn(
              { requestId: c.get("requestId"), code: (error as NodeJS.ErrnoException).code },
              "a training's log went away",
            );
          }
        });
      }),
    },
  ];
}

const idOf = (c: Context<Env>): string => c.req.param("report") ?? "";
