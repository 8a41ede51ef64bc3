/** Batches of photographs: inputs, outcomes and progress. */
import type { FaceNetError } from "../errors.ts";
import type { ImageSource } from "../schemas/image-source.ts";

/** Outcome for one photograph. A failure never stops the batch. */
export type BatchItem<T> =
  | { readonly index: number; readonly image: string; readonly ok: true; readonly value: T }
  | { readonly index: number; readonly image: string; readonly ok: false; readonly error: FaceNetError };

/** Several photographs, as any iterable; they are read as needed. */
export type Sources = Iterable<ImageSource> | AsyncIterable<ImageSource>;

/** Progress of a batch. */
export type Progress = {
  /** unit counted, if not photographs */
  readonly unit?: string;
  /** finished, including failures */
  readonly done: number;
  readonly failed: number;
  readonly faces: number;
  /** total, if the source knows it */
  readonly total: number | undefined;
  readonly elapsedMs: number;
  readonly perSecond: number;
  readonly remainingMs: number | undefined;
  /** further figures worth watching, by name */
  readonly figures?: Readonly<Record<string, number>>;
  /** warning for the user, shown before the batch ends */
  readonly advice?: string;
};

/** Strings and byte arrays can be iterated too, but are one image each. */
export function isSources(input: ImageSource | Sources): input is Sources {
  if (typeof input === "string" || input instanceof Uint8Array || input instanceof ArrayBuffer) return false;
  return Symbol.iterator in input || Symbol.asyncIterator in input;
}

export function countOf(sources: Iterable<unknown> | AsyncIterable<unknown>): number | undefined {
  if (Array.isArray(sources)) return sources.length;
  return sources instanceof Set ? sources.size : undefined;
}

/** The rate covers the last 30 seconds, so that larger photographs or a slower disk show soon. */
const WINDOW_MS = 30_000;
const SAMPLES = 30;

/** Counts finished photographs and estimates the rate and the time left. Time is passed in, in milliseconds. */
export class ProgressCounter {
  readonly #unit: string | undefined;
  readonly #start: number;
  #total: number | undefined;
  #done = 0;
  #failed = 0;
  #faces = 0;
  /** Count and time of earlier updates, oldest first: the start of the window, and a few within it. */
  readonly #samples: { readonly done: number; readonly at: number }[];

  /** @param total undefined while unknown @param unit unit counted, if not photographs */
  constructor(total: number | undefined, now: number, unit?: string) {
    this.#total = total;
    this.#start = now;
    this.#unit = unit;
    this.#samples = [{ done: 0, at: now }];
  }

  get done(): number {
    return this.#done;
  }

  /** Sets the total once it is known. */
  expect(total: number): void {
    this.#total = total;
  }

  count(ok: boolean, faces: number, now: number): Progress {
    this.#done++;
    if (!ok) this.#failed++;
    this.#faces += faces;
    const samples = this.#samples;
    if (now - (samples.at(-1)?.at ?? now) >= WINDOW_MS / SAMPLES) samples.push({ done: this.#done, at: now });
    while (samples[1] && samples[1].at <= now - WINDOW_MS) samples.shift();
    const [first = { done: 0, at: this.#start }] = samples;
    const recent = paceOf(this.#done - first.done, undefined, now - first.at);
    return {
      ...(this.#unit === undefined ? {} : { unit: this.#unit }),
      done: this.#done,
      failed: this.#failed,
      faces: this.#faces,
      total: this.#total,
      elapsedMs: now - this.#start,
      perSecond: recent.perSecond,
      remainingMs: remainingMs(this.#total, this.#done, recent.perSecond),
    };
  }
}

function remainingMs(total: number | undefined, done: number, perSecond: number): number | undefined {
  return total === undefined || perSecond === 0 ? undefined : ((total - done) * 1000) / perSecond;
}

/** Rate and time left, assuming that the remaining items take as long as the finished ones. */
export function paceOf(
  done: number,
  total: number | undefined,
  elapsedMs: number,
): Pick<Progress, "total" | "elapsedMs" | "perSecond" | "remainingMs"> {
  const perSecond = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  return { total, elapsedMs, perSecond, remainingMs: remainingMs(total, done, perSecond) };
}

/** Reports a count that only grows, with its rate since this call. */
export function steadyProgress(unit: string, total: number, onProgress: (progress: Progress) => void): (done: number) => void {
  const start = performance.now();
  return (done) => onProgress({ unit, done, failed: 0, faces: done, ...paceOf(done, total, performance.now() - start) });
}
