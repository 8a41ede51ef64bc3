/** Calls that only the server offers, besides operations: jobs, images, report pages, access, health. */
import * as z from "zod";
import { faceNetErrorCodes } from "../errors.ts";
import { cluster } from "../operations/cluster.ts";
import { index } from "../operations/index-photographs.ts";
import { pointsOption } from "../operations/reports/show-report.ts";
import { Scope } from "../schemas/api-key.ts";
import { TrainingCurves } from "../schemas/report.ts";
import { clientInput } from "./client-input.ts";

const call = <I extends z.ZodType, O extends z.ZodType>(summary: string, input: I, output: O) => ({ summary, input, output });
const nothing = z.object({});
const binary = z.custom<Blob>().meta({ type: "string", format: "binary" });

/** Body of every error response. */
export const ErrorBody = z
  .object({
    error: z.object({
      code: z.enum(faceNetErrorCodes).describe("stable, for programs; docs/errors.md lists all codes"),
      message: z.string().describe("for people: what is wrong, the rule, how to correct it"),
      requestId: z.string().describe("identifies the request in the server's log"),
    }),
  })
  .meta({ id: "Error" });
export type ErrorBody = z.infer<typeof ErrorBody>;

/** A job of the service: indexing or clustering in the background. */
export const Job = z
  .object({
    id: z.string(),
    operation: z.enum(["index", "cluster"]),
    state: z.enum(["waiting", "running", "done", "failed", "cancelled"]),
    createdAt: z.string().describe("ISO 8601, UTC"),
    endedAt: z.string().nullable(),
    progress: z
      .object({
        done: z.int().describe("photographs processed, failed ones included"),
        failed: z.int(),
        faces: z.int(),
        total: z.int().optional().describe("absent while unknown"),
        remainingMs: z.number().optional(),
      })
      .nullable(),
    result: z.unknown().describe("the operation's output once it is done, else null"),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .readonly()
  .meta({ id: "Job" });
export type Job = z.infer<typeof Job>;

const JobRequest = z.discriminatedUnion("operation", [
  z.strictObject({ operation: z.literal("index"), input: clientInput(index.input, ["watch", "poll"]) }),
  z.strictObject({ operation: z.literal("cluster"), input: clientInput(cluster.input).prefault({}) }),
]);
const jobId = z.object({ id: z.string().describe("id of the job") });

export const startJob = call(
  "Starts a job: indexes folders of the server (scope admin) or clusters the gallery (scope write)",
  JobRequest,
  Job,
);
export const listJobs = call("Lists the jobs of this process, newest first", nothing, z.object({ jobs: z.array(Job) }));
export const showJob = call("Shows a job", jobId, Job);
export const stopJob = call("Cancels a job; completed work is kept", jobId, Job);
export const watchJob = call("Watches a job: sends an event `job` after every change until the job ends", jobId, Job);

const pictureInput = (largest: number, standard: number, meaning: string) =>
  z.strictObject({ id: z.int().min(1), size: z.int().min(16).max(largest).default(standard).describe(meaning) });

export const faceThumbnail = call(
  "Thumbnail of a face: a square crop with the hair",
  pictureInput(512, 160, "side in pixels"),
  binary,
);
export const photographPicture = call(
  "Picture of a photograph, upright",
  pictureInput(4096, 1600, "longer side in pixels; smaller photographs are not enlarged"),
  binary,
);

const report = z.string().describe("id of the report");
export const reportPage = call("HTML page of a report: one self-contained document", z.object({ report }), z.string());
export const reportLink = call(
  "Signed URL of a report's page: valid for a minute without a key",
  z.object({ report }),
  z.object({ url: z.string() }),
);
export const watchTraining = call(
  "Watches a training run: sends an event `curves` with the complete curves, then with changes, until the run ends",
  z.strictObject({ report, points: pointsOption }),
  TrainingCurves,
);

export const access = call(
  "Shows what the API key permits",
  nothing,
  z
    .object({
      keyNeeded: z.boolean().describe("whether every request requires a key"),
      name: z.string().nullable().describe("name of the key; null without a key"),
      scope: Scope,
    })
    .meta({ id: "Access" }),
);
export const health = call(
  "Liveness: the process answers",
  nothing,
  z.object({ status: z.literal("ok"), version: z.string() }).meta({ id: "Health" }),
);
export const ready = call(
  "Readiness: models are loaded and the server accepts work (else status 503)",
  nothing,
  z.object({ ready: z.boolean(), reason: z.string().nullable().describe("why the server is not ready") }).meta({ id: "Ready" }),
);
export const showMetrics = call("Metrics in Prometheus text format", nothing, z.string());
