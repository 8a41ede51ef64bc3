/**
 * Job queue for work longer than a request: one job at a time, with progress and cancellation. Jobs live in this process;
 * after a restart, the same job resumes from the state of the gallery.
 */
import type { Job } from "../contract/service-calls.ts";
import { FaceNetError, toFaceNetError } from "../errors.ts";
import type { Progress } from "../faces/batch.ts";
import { shownMessage } from "./shown-paths.ts";

export type JobWork = (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<unknown>;

type JobEntry = { job: Job; readonly work: JobWork; readonly abort: AbortController; readonly watchers: Set<(job: Job) => void> };

/** Maximum numbers of open jobs and of finished jobs kept. */
const WAITING = 100;
const REMEMBERED = 200;

const isOver = ({ state }: Job): boolean => state !== "waiting" && state !== "running";

export class Jobs {
  readonly #kept = new Map<string, JobEntry>();
  readonly #newId: () => string;
  readonly #now: () => Date;
  #turn: Promise<void> = Promise.resolve();

  constructor({ newId, now }: { readonly newId: () => string; readonly now: () => Date }) {
    this.#newId = newId;
    this.#now = now;
  }

  /** @throws FaceNetError SERVER_BUSY if too many jobs are open */
  start(operation: Job["operation"], work: JobWork): Job {
    const open = [...this.#kept.values()].filter(({ job }) => !isOver(job)).length;
    if (open >= WAITING) throw new FaceNetError("SERVER_BUSY", { what: `${open} jobs`, seconds: 60 });
    this.#forgetOld();
    const job: Job = {
      id: this.#newId(),
      operation,
      state: "waiting",
      createdAt: this.#now().toISOString(),
      endedAt: null,
      progress: null,
      result: null,
      error: null,
    };
    const kept: JobEntry = { job, work, abort: new AbortController(), watchers: new Set() };
    this.#kept.set(job.id, kept);
    this.#turn = this.#turn.then(() => this.#run(kept));
    return job;
  }

  /** Newest first. */
  list(): Job[] {
    return [...this.#kept.values()].map(({ job }) => job).reverse();
  }

  /** @throws FaceNetError NOT_FOUND */
  get(id: string): Job {
    return this.#find(id).job;
  }

  /** Completed work is kept. @throws FaceNetError NOT_FOUND */
  cancel(id: string): Job {
    const kept = this.#find(id);
    if (!isOver(kept.job)) {
      kept.abort.abort(new FaceNetError("CANCELLED"));
      if (kept.job.state === "waiting") this.#change(kept, { state: "cancelled", endedAt: this.#now().toISOString() });
    }
    return kept.job;
  }

  /** Yields the job now and after every change until it ends. A slow reader misses states, but never the last. */
  async *watch(id: string, signal: AbortSignal): AsyncGenerator<Job> {
    const kept = this.#find(id);
    let wake: () => void = () => undefined;
    const watcher = () => wake();
    kept.watchers.add(watcher);
    signal.addEventListener("abort", watcher);
    try {
      for (let shown: Job | undefined; !signal.aborted; ) {
        if (kept.job !== shown) {
          shown = kept.job;
          yield shown;
          if (isOver(shown)) return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      kept.watchers.delete(watcher);
      signal.removeEventListener("abort", watcher);
    }
  }

  /** Cancels all jobs and waits for the running one. */
  async close(): Promise<void> {
    for (const id of this.#kept.keys()) this.cancel(id);
    await this.#turn;
  }

  async #run(kept: JobEntry): Promise<void> {
    if (isOver(kept.job)) return;
    const { signal } = kept.abort;
    this.#change(kept, { state: "running" });
    try {
      const result = await kept.work(signal, (progress) => this.#change(kept, { progress }));
      this.#change(kept, { state: "done", result, endedAt: this.#now().toISOString() });
    } catch (error) {
      const failure = toFaceNetError(error);
      const ended = { endedAt: this.#now().toISOString() };
      if (signal.aborted) this.#change(kept, { ...ended, state: "cancelled" });
      else this.#change(kept, { ...ended, state: "failed", error: { code: failure.code, message: shownMessage(failure) } });
    }
  }

  #change(kept: JobEntry, changes: Partial<Job>): void {
    kept.job = { ...kept.job, ...changes };
    for (const tell of kept.watchers) tell(kept.job);
  }

  #find(id: string): JobEntry {
    const kept = this.#kept.get(id);
    if (!kept) throw new FaceNetError("NOT_FOUND", { what: "job", id });
    return kept;
  }

  #forgetOld(): void {
    const over = [...this.#kept].filter(([, { job }]) => isOver(job));
    for (const [id] of over.slice(0, Math.max(0, over.length - REMEMBERED))) this.#kept.delete(id);
  }
}
