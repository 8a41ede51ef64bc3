/** Jobs over HTTP: started, listed, stopped, and watched as server-sent events. */
import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import * as z from "zod";
import { jsonText } from "../files/json-text.ts";
import { cluster } from "../operations/cluster.ts";
import { index } from "../operations/index-photographs.ts";
import type { OperationContext } from "../operations/operation.ts";
import { parseInput } from "../operations/parse-input.ts";
import type { Scope } from "../schemas/api-key.ts";
import { allowedPaths } from "./allowed-paths.ts";
import { callerOf, requireScope } from "./authentication.ts";
import type { Env } from "./env.ts";
import { requestError } from "./error-response.ts";
import { fingerprintOf, type Idempotency, idempotencyKey } from "./idempotency.ts";
import type { Job } from "./jobs.ts";
import type { OtherRoute } from "./openapi-document.ts";
import { json } from "./operation-handler.ts";
import { JSON_BYTES, readBytes, readJson } from "./read-request.ts";
import { answerRoute } from "./route.ts";
import type { Services } from "./services.ts";

const indexing = answerRoute(index, {
  method: "post",
  path: "/v1/jobs",
  scope: "admin",
  tag: "jobs",
  fixed: { watch: false, poll: undefined },
});
const clustering = answerRoute(cluster, { method: "post", path: "/v1/jobs", scope: "write", tag: "jobs" });

const JobRequest = z.discriminatedUnion("operation", [
  z.strictObject({ operation: z.literal("index"), input: indexing.input }),
  z.strictObject({ operation: z.literal("cluster"), input: clustering.input.default({}) }),
]);

const ShownJob = z
  .object({
    id: z.string(),
    operation: z.string(),
    state: z.enum(["waiting", "running", "done", "failed", "cancelled"]),
    createdAt: z.string(),
    endedAt: z.string().nullable(),
    progress: z
      .object({ done: z.int(), failed: z.int(), faces: z.int(), total: z.int().nullable(), remainingMs: z.number().nullable() })
      .nullable(),
    result: z.unknown().describe("the operation's answer, when it is done"),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: "Job" });

export type JobRoute = OtherRoute & { readonly handle: (c: Context<Env>) => Promise<Response> | Response };

export function jobRoutes(services: Services, idempotency: Idempotency): JobRoute[] {
  const { jobs, settings, facenet, borrowGallery, folders, budget } = services;
  const content = (schema: z.ZodType) => ({ content: { "application/json": { schema } } });
  const answer = (status: number, description: string, schema: z.ZodType) => ({ [status]: { description, ...content(schema) } });
  const common = { tags: ["jobs"], security: [{ key: [] }] };
  const params = z.object({ id: z.string() });
  const withScope = (scope: Scope, path: string, handle: JobRoute["handle"]): JobRoute["handle"] => {
    return (c) => {
      c.set("route", path);
      requireScope(callerOf(c), scope);
      return handle(c);
    };
  };
  const idOf = (c: Context<Env>): string => c.req.param("id") ?? "";

  const start = async (c: Context<Env>): Promise<Response> => {
    const lease = budget.lease(0);
    try {
      const body = readJson(await readBytes(c.req.raw, lease, JSON_BYTES));
      const { request } = parseInput(z.object({ request: JobRequest }), { request: body });
      const route = request.operation === "index" ? indexing : clustering;
      requireScope(callerOf(c), route.scope);
      const input = request.operation === "index" ? await withAllowedPaths(request.input) : request.input;
      const begin = async () =>
        jobs.start(request.operation, (signal, onProgress) => {
          const context: OperationContext = { load: facenet, borrowGallery, signal, onProgress };
          return route.run(input, {}, settings, context);
        });
      const key = idempotencyKey(c);
      const print = () => fingerprintOf("post /v1/jobs", { input: { ...request }, photographs: {} });
      const job = key === undefined ? await begin() : await idempotency.run(key, await print(), begin);
      return json(job, 202);
    } finally {
      lease.release();
    }
  };

  async function withAllowedPaths(input: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    return { ...input, paths: await allowedPaths(input.paths as string[], folders) };
  }

  return [
    {
      ...common,
      method: "post",
      path: "/v1/jobs",
      summary: "Starts a job: index folders of the server (scope admin), or cluster the gallery (scope write)",
      request: { body: { required: true, ...content(JobRequest) } },
      responses: answer(202, "the job, as it begins", ShownJob),
      handle: withScope("write", "/v1/jobs", start),
    },
    {
      ...common,
      method: "get",
      path: "/v1/jobs",
      summary: "Jobs of this process, the latest first",
      responses: answer(200, "all jobs", z.object({ jobs: z.array(ShownJob) })),
      handle: withScope("read", "/v1/jobs", () => json({ jobs: jobs.list() })),
    },
    {
      ...common,
      method: "get",
      path: "/v1/jobs/{id}",
      summary: "How a job stands",
      request: { params },
      responses: answer(200, "the job", ShownJob),
      handle: withScope("read", "/v1/jobs/{id}", (c) => json(jobs.get(idOf(c)))),
    },
    {
      ...common,
      method: "get",
      path: "/v1/jobs/{id}/events",
      summary: "Watches a job: an event of type `job` whenever it has changed, until it has ended",
      request: { params },
      responses: { 200: { description: "server-sent events", content: { "text/event-stream": { schema: ShownJob } } } },
      handle: withScope("read", "/v1/jobs/{id}/events", (c) => {
        jobs.get(idOf(c));
        return streamSSE(c, (stream) => sendEvents(stream, jobs.watch(idOf(c), c.req.raw.signal)));
      }),
    },
    {
      ...common,
      method: "delete",
      path: "/v1/jobs/{id}",
      summary: "Stops a job; what it has done stays",
      request: { params },
      responses: answer(200, "the job", ShownJob),
      handle: withScope("write", "/v1/jobs/{id}", (c) => {
        if (idOf(c) === "") throw requestError("it names no job");
        return json(jobs.cancel(idOf(c)));
      }),
    },
  ];
}

async function sendEvents(stream: SSEStreamingApi, jobs: AsyncIterable<Job>): Promise<void> {
  let count = 0;
  for await (const job of jobs) await stream.writeSSE({ event: "job", id: String(count++), data: jsonText(job) });
}
