/** Figures of the running server for Prometheus. */
import type { MiddlewareHandler } from "hono";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type StageTimes, stages } from "../faces/stage-times.ts";
import type { ByteBudget } from "./byte-budget.ts";
import type { Env } from "./env.ts";
import type { WorkQueue } from "./work-queue.ts";

/** Seconds. */
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
      help: "Requests answered",
      labelNames: ["route", "method", "status"],
      registers,
    });
    this.#seconds = new Histogram({
      name: "facenet_request_seconds",
      help: "From a request's first line to its answer",
      labelNames: ["route"],
      buckets: durations,
      registers,
    });
    this.#stages = new Histogram({
      name: "facenet_stage_seconds",
      help: "Parts of a request with photographs: upload, compute (waiting for a thread included), record",
      labelNames: ["stage"],
      buckets: durations,
      registers,
    });
    this.#pipeline = new Histogram({
      name: "facenet_pipeline_seconds",
      help: "Parts of the computing of a photograph: wait (for a thread), decode, detect, align, embed",
      labelNames: ["stage"],
      buckets: [0.001, 0.0025, ...durations],
      registers,
    });
    this.#faces = new Histogram({
      name: "facenet_batch_faces",
      help: "Faces of a photograph: what the embedding network computes at once",
      buckets: [0, 1, 2, 4, 8, 16, 32, 64],
      registers,
    });
    this.#photographs = new Counter({
      name: "facenet_photographs_total",
      help: "Photographs looked at, by outcome: done or the error's code",
      labelNames: ["outcome"],
      registers,
    });
    for (const outcome of ["done"]) this.#photographs.inc({ outcome }, 0);
    new Gauge({
      name: "facenet_queue_requests",
      help: "Requests with photographs in hand, waiting or computed",
      registers,
      collect() {
        this.set(queue.inHand);
      },
    });
    new Gauge({
      name: "facenet_upload_bytes",
      help: "Bytes of requests held in memory",
      registers,
      collect() {
        this.set(budget.used);
      },
    });
  }

  /** Figures of the process itself: CPU, memory, event loop. They are taken until the process ends. */
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

  /** @param outcome "done", or the code of an error */
  countPhotograph(outcome: string, faces: number): void {
    this.#photographs.inc({ outcome });
    if (outcome === "done") this.#faces.observe(faces);
  }

  /** Counts and times every request, by its route as the contract has it, never by what clients make up. */
  middleware(): MiddlewareHandler<Env> {
    return async (c, next) => {
      const end = this.#seconds.startTimer();
      await next();
      const route = c.get("route") ?? "none";
      end({ route });
      this.#requests.inc({ route, method: c.req.method, status: c.res.status });
    };
  }

  /** In Prometheus's text format. */
  async text(): Promise<{ readonly type: string; readonly body: string }> {
    return { type: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}
