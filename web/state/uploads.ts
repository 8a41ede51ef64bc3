/**
 * Uploads of this tab. They continue across pages: one file per request, two at a time, each with its result. A busy service is
 * retried after its Retry-After; failed files can be retried. After the last one, faces are grouped.
 */
import { useEffect, useState } from "preact/hooks";
import { ServiceError } from "../../src/client/create-client.ts";
import { addPhotograph } from "../api.ts";
import { isOffline } from "../texts.ts";

export type Upload = {
  readonly id: number;
  readonly file: File;
  readonly state: "waiting" | "sending" | "working" | "pausing" | "done" | "failed";
  /** Share sent, 0 to 1. */
  readonly sent: number;
  readonly faces: number;
  readonly photograph: number | null;
  readonly error: unknown;
  /** Seconds until the next attempt. */
  readonly pauseSeconds: number;
};

export type UploadCounts = { readonly total: number; readonly done: number; readonly failed: number; readonly faces: number };

/** Concurrent uploads: one is sent while the service processes the other. */
const AT_ONCE = 2;
/** Attempts per file while the service is busy or unreachable, and the longest pause between them. */
const ATTEMPTS = 30;
const AWAY_ATTEMPTS = 4;
const LONGEST_PAUSE_S = 60;

class Uploads {
  #list: readonly Upload[] = [];
  #next = 1;
  #active = 0;
  #stop = new AbortController();
  readonly #listeners = new Set<() => void>();
  /** Called when the queue is empty and at least one photograph was added. */
  onAllDone: () => void = () => undefined;

  get list(): readonly Upload[] {
    return this.#list;
  }

  get counts(): UploadCounts {
    const of = (state: Upload["state"]) => this.#list.filter((upload) => upload.state === state);
    const done = of("done");
    return {
      total: this.#list.length,
      done: done.length,
      failed: of("failed").length,
      faces: done.reduce((sum, { faces }) => sum + faces, 0),
    };
  }

  get isBusy(): boolean {
    return this.#list.some(({ state }) => state !== "done" && state !== "failed");
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** If all earlier files are done, a new list begins. */
  add(files: readonly File[]): void {
    if (files.length === 0) return;
    const before = this.isBusy ? this.#list : this.#list.filter(({ state }) => state === "failed");
    const added = files.map((file): Upload => {
      return { id: this.#next++, file, state: "waiting", sent: 0, faces: 0, photograph: null, error: undefined, pauseSeconds: 0 };
    });
    this.#set([...before, ...added]);
    this.#pump();
  }

  retry(ids: readonly number[]): void {
    const wanted = new Set(ids);
    this.#set(this.#list.map((one) => (wanted.has(one.id) ? { ...one, state: "waiting", sent: 0, error: undefined } : one)));
    this.#pump();
  }

  /** Cancels running and waiting uploads; photographs already added stay. */
  stop(): void {
    this.#stop.abort(new DOMException("stopped", "AbortError"));
    this.#stop = new AbortController();
    this.#set(this.#list.filter(({ state }) => state === "done" || state === "failed"));
  }

  #pump(): void {
    for (const { id, state } of this.#list) {
      if (this.#active >= AT_ONCE) return;
      if (state === "waiting") void this.#send(id);
    }
  }

  async #send(id: number): Promise<void> {
    const { signal } = this.#stop;
    const upload = this.#list.find((one) => one.id === id);
    if (!upload) return;
    this.#active++;
    this.#change(id, { state: "sending" });
    try {
      const { photograph, faces } = await this.#attempts(upload, signal);
      this.#change(id, { state: "done", sent: 1, photograph, faces: faces.length });
    } catch (error) {
      if (!signal.aborted) this.#change(id, { state: "failed", error });
    } finally {
      this.#active--;
      this.#pump();
      if (!this.isBusy && this.counts.done > 0 && !signal.aborted) this.onAllDone();
    }
  }

  async #attempts({ id, file }: Upload, signal: AbortSignal) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await addPhotograph(file, signal, (sent) => this.#change(id, { sent, state: sent < 1 ? "sending" : "working" }));
      } catch (error) {
        const pause = pauseAfter(error, attempt);
        if (pause === undefined || signal.aborted) throw error;
        this.#change(id, { state: "pausing", sent: 0, pauseSeconds: pause });
        await sleep(pause * 1000, signal);
      }
    }
  }

  #change(id: number, changes: Partial<Upload>): void {
    this.#set(this.#list.map((one) => (one.id === id ? { ...one, ...changes } : one)));
  }

  #set(list: readonly Upload[]): void {
    this.#list = list;
    for (const listener of this.#listeners) listener();
  }
}

/** Seconds until the next attempt; undefined if a retry would fail again. */
function pauseAfter(error: unknown, attempt: number): number | undefined {
  if (error instanceof ServiceError && [429, 502, 503, 504].includes(error.status))
    return attempt < ATTEMPTS ? Math.min(LONGEST_PAUSE_S, error.retryAfterSeconds ?? 2 ** Math.min(attempt, 5)) : undefined;
  if (isOffline(error)) return attempt < AWAY_ATTEMPTS ? 2 ** attempt : undefined;
  return undefined;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

export const uploads = new Uploads();

/** Re-renders at most once per animation frame. */
export function useUploads(): { readonly list: readonly Upload[]; readonly counts: UploadCounts; readonly isBusy: boolean } {
  const [, draw] = useState(0);
  useEffect(() => {
    let frame = 0;
    const unsubscribe = uploads.subscribe(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => draw((before) => before + 1));
    });
    return () => {
      cancelAnimationFrame(frame);
      unsubscribe();
    };
  }, []);
  return { list: uploads.list, counts: uploads.counts, isBusy: uploads.isBusy };
}
