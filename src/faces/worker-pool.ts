/**
 * Worker threads that share a queue of jobs. Threads start on demand and each holds two jobs at most,
 * so that it decodes one photograph while it computes another.
 */
import type { Worker } from "node:worker_threads";
import { type PackedError, startThread, unpackError } from "../engine/threads.ts";
import { FaceNetError, reasonOf } from "../errors.ts";
import type { PipelineJob, PipelineModels, PipelineResult } from "./face-pipeline.ts";
import type { StageTimes } from "./stage-times.ts";

/** "close": finish the running job, free the models, end. */
export type WorkerRequest = { readonly kind: "run"; readonly id: number; readonly job: PipelineJob } | { readonly kind: "close" };

export type WorkerReply =
  | { readonly kind: "ready" }
  | { readonly kind: "failed-to-load"; readonly error: PackedError }
  | { readonly kind: "done"; readonly id: number; readonly result: PipelineResult; readonly times: StageTimes }
  | { readonly kind: "failed"; readonly id: number; readonly error: PackedError };

const JOBS_PER_WORKER = 2;
/** V8 lets a thread's young generation grow to 48 MB or more; little of a photograph is in the heap. */
const YOUNG_MB = 12;

type Ticket = {
  readonly job: PipelineJob;
  /** Time of arrival and time waited, in milliseconds. */
  readonly at: number;
  waitMs: number;
  readonly resolve: (result: PipelineResult) => void;
  readonly reject: (error: unknown) => void;
};

type Member = { readonly worker: Worker; readonly running: Map<number, Ticket>; readonly ready: Promise<void> };

export class WorkerPool {
  readonly #models: PipelineModels;
  readonly #size: number;
  readonly #members = new Set<Member>();
  readonly #waiting: Ticket[] = [];
  /** Called for every finished photograph. */
  onTimes: (times: StageTimes) => void = () => undefined;
  #nextId = 0;
  #closed = false;

  constructor(models: PipelineModels, size: number) {
    this.#models = models;
    this.#size = size;
  }

  /** Number of jobs that keeps every thread busy; more only wait. */
  get capacity(): number {
    return this.#size * JOBS_PER_WORKER;
  }

  /** Starts the first thread. @throws FaceNetError what loading the models throws */
  async start(): Promise<void> {
    await this.#addMember().ready;
  }

  /**
   * Runs a job. On abort, a waiting job leaves the queue and a running one is abandoned.
   *
   * @throws what the pipeline throws; the signal's reason; FaceNetError DISPOSED
   */
  run(job: PipelineJob, signal?: AbortSignal): Promise<PipelineResult> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new FaceNetError("DISPOSED");
      signal?.throwIfAborted();
      const settle = (finish: () => void) => {
        signal?.removeEventListener("abort", onAbort);
        finish();
      };
      const ticket: Ticket = {
        job,
        at: performance.now(),
        waitMs: 0,
        resolve: (result) => settle(() => resolve(result)),
        reject: (error) => settle(() => reject(error)),
      };
      const onAbort = () => {
        const at = this.#waiting.indexOf(ticket);
        if (at >= 0) this.#waiting.splice(at, 1);
        ticket.reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(ticket);
      this.#dispatch();
    });
  }

  /**
   * Ends all threads; open jobs fail with DISPOSED at once. Waits for photographs being computed:
   * terminating a thread inside ONNX Runtime would crash the process.
   */
  async dispose(): Promise<void> {
    this.#closed = true;
    const open = [...this.#waiting.splice(0), ...[...this.#members].flatMap(({ running }) => [...running.values()])];
    for (const ticket of open) ticket.reject(new FaceNetError("DISPOSED"));
    const members = [...this.#members];
    this.#members.clear();
    const ended = members.map(({ worker }) => {
      worker.ref();
      worker.postMessage({ kind: "close" } satisfies WorkerRequest);
      return new Promise((resolve) => worker.once("exit", resolve));
    });
    await Promise.all(ended);
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const idlest = [...this.#members].sort((a, b) => a.running.size - b.running.size)[0];
      const canGrow = this.#members.size < this.#size;
      const member = idlest && (idlest.running.size === 0 || !canGrow) ? idlest : this.#addMember();
      if (member.running.size >= JOBS_PER_WORKER) return;
      const ticket = this.#waiting.shift() as Ticket;
      const id = this.#nextId++;
      ticket.waitMs = performance.now() - ticket.at;
      member.running.set(id, ticket);
      member.worker.ref();
      try {
        member.worker.postMessage({ kind: "run", id, job: ticket.job } satisfies WorkerRequest);
      } catch (error) {
        // bytes transferred to another thread meanwhile, or an object with functions
        member.running.delete(id);
        if (member.running.size === 0) member.worker.unref();
        ticket.reject(
          new FaceNetError("INTERNAL", { reason: `the image cannot be passed to a worker thread: ${reasonOf(error)}` }, error),
        );
      }
    }
  }

  #addMember(): Member {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
    const thread = { entry: "./worker-thread", base: import.meta.url, data: this.#models, resourceLimits };
    const worker = startThread(thread, (error) => {
      if (this.#members.has(member)) lose(error);
    });
    const { promise: ready, resolve: onReady, reject: onFailure } = Promise.withResolvers<void>();
    ready.catch(() => undefined); // also reported to the jobs of this thread
    const member: Member = { worker, running: new Map(), ready };
    this.#members.add(member);

    /** An idle pool does not keep the process alive; a closing one does until it is closed. */
    const idle = ({ running }: Member): void => {
      if (running.size === 0 && !this.#closed) worker.unref();
    };
    const lose = (error: FaceNetError) => {
      this.#members.delete(member);
      onFailure(error);
      for (const ticket of member.running.values()) ticket.reject(error);
      member.running.clear();
      void worker.terminate();
      if (!this.#closed && this.#members.size > 0) this.#dispatch();
      else for (const ticket of this.#waiting.splice(0)) ticket.reject(error);
    };
    worker.on("message", (message: WorkerReply) => {
      switch (message.kind) {
        case "ready":
          idle(member);
          return onReady();
        case "failed-to-load":
          return lose(unpackError(message.error));
        case "done":
        case "failed": {
          const ticket = member.running.get(message.id);
          member.running.delete(message.id);
          idle(member);
          if (message.kind === "done") {
            if (ticket) this.onTimes({ wait: ticket.waitMs, ...message.times });
            ticket?.resolve(message.result);
          } else ticket?.reject(unpackError(message.error));
          return this.#dispatch();
        }
        default:
          message satisfies never;
      }
    });
    return member;
  }
}
