/** Prometheus metrics of the server. */
import type { MiddlewareHandler } from "hono";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type StageTimes, stages } from "../faces/stage-times.ts";
import type { Env } from "./authentication.ts";
import type { ByteBudget, WorkQueue } from "./load-limits.ts";

/** Histogram buckets, seconds. */
const durations = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type Stage = "upload" | "compute" | "record";

export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<"route" | "method" | "status">;
  readonly #seconds: Histogram<"route">;
  readonly #stages: Histogram<"stage">;
  readonly #pipeline: Histogram<"stage">;
  readonly #faces: Histogram;
  readonly #photographs: Counter<"outcome">;

  constructor({ queue, budget }: { readonly queue: WorkQueue; readonly budget: ByteBudget }) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: "facenet_requests_total",
      help: "Answered requests",
      labelNames: ["route", "method", "status"],
      registers,
    });
    this.#seconds = new Histogram({
      name: "facenet_request_seconds",
      help: "Duration of a request, from its first line to its response",
      labelNames: ["route"],
      buckets: durations,
      registers,
    });
    this.#stages = new Histogram({
      name: "facenet_stage_seconds",
      help: "Stages of a request with photographs: upload, compute (including the wait for a thread), record",
      labelNames: ["stage"],
      buckets: durations,
      registers,
    });
    this.#pipeline = new Histogram({
      name: "facenet_pipeline_seconds",
      help: "Stages of processing a photograph: wait (for a thread), decode, detect, align, embed",
      labelNames: ["stage"],
      buckets: [0.001, 0.0025, ...durations],
      registers,
    });
    this.#faces = new Histogram({
      name: "facenet_batch_faces",
      help: "Faces per photograph: the batch size of the embedding network",
      buckets: [0, 1, 2, 4, 8, 16, 32, 64],
      registers,
    });
    this.#photographs = new Counter({
      name: "facenet_photographs_total",
      help: "Processed photographs by outcome: done, or an error code",
      labelNames: ["outcome"],
      registers,
    });
    this.#photographs.inc({ outcome: "done" }, 0);
    new Gauge({
      name: "facenet_queue_requests",
      help: "Requests with photographs in the queue, running ones included",
      registers,
      collect() {
        this.set(queue.size);
      },
    });
    new Gauge({
      name: "facenet_upload_bytes",
      help: "Bytes of request bodies in memory",
      registers,
      collect() {
        this.set(budget.used);
      },
    });
  }

  /** Adds process metrics: CPU, memory, event loop. Collected until the process ends. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  async timed<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const end = this.#stages.startTimer({ stage });
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** @param times of one photograph, milliseconds */
  observeStages(times: StageTimes): void {
    for (const stage of stages) {
      const ms = times[stage];
      if (ms !== undefined) this.#pipeline.observe({ stage }, ms / 1000);
    }
  }

  /** @param outcome "done", or the code of an error @param faces if known */
  countPhotograph(outcome: string, faces?: number): void {
    this.#photographs.inc({ outcome });
    if (outcome === "done" && faces !== undefined) this.#faces.observe(faces);
  }

  /** Counts and times every request, labelled with the path of the contract: raw paths would create unbounded series. */
  middleware(): MiddlewareHandler<Env> {
    return async (c, next) => {
      const end = this.#seconds.startTimer();
      await next();
      const route = c.get("route") ?? "none";
      end({ route });
      this.#requests.inc({ route, method: c.req.method, status: c.res.status });
    };
  }

  /** Prometheus text format. */
  async text(): Promise<{ readonly type: string; readonly body: string }> {
    return { type: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}
