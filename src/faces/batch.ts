/** Many photographs: what callers may hand over, what they get back, and how far the work is. */
import { FaceNetError, reasonOf } from "../errors.ts";
import type { ImageSource } from "../schemas/image-source.ts";

/** One photograph's outcome. A failure never stops the rest. */
export type BatchItem<T> =
  | { readonly index: number; readonly image: string; readonly ok: true; readonly value: T }
  | { readonly index: number; readonly image: string; readonly ok: false; readonly error: FaceNetError };

/** Several photographs, as any iterable; read as they are needed. */
export type Sources = Iterable<ImageSource> | AsyncIterable<ImageSource>;

/** Progress of a batch. */
export type Progress = {
  /** what is counted, where it is not photographs */
  readonly unit?: string;
  /** finished, failed ones among them */
  readonly done: number;
  readonly failed: number;
  readonly faces: number;
  /** in all, where the sources say how many they are */
  readonly total: number | undefined;
  readonly elapsedMs: number;
  readonly perSecond: number;
  readonly remainingMs: number | undefined;
  /** what else is worth watching, by name */
  readonly figures?: Readonly<Record<string, number>>;
  /** what the user should know before the end */
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

export function toFaceNetError(error: unknown): FaceNetError {
  return error instanceof FaceNetError ? error : new FaceNetError("INTERNAL", { reason: reasonOf(error) }, error);
}

/** The rate is that of the last half minute: photographs of another size, or a slower disk, show soon. */
const WINDOW_MS = 30_000;
const SAMPLES = 30;

/** Counts finished photographs and reckons rate and time left. Time is passed in, in milliseconds. */
export class ProgressCounter {
  readonly #unit: string | undefined;
  readonly #start: number;
  #total: number | undefined;
  #done = 0;
  #failed = 0;
  #faces = 0;
  /** How many were done when, the oldest first: where the window begins, and a few since. */
  readonly #samples: { readonly done: number; readonly at: number }[];

  /** @param total undefined while nobody knows @param unit what is counted, where it is not photographs */
  constructor(total: number | undefined, now: number, unit?: string) {
    this.#total = total;
    this.#start = now;
    this.#unit = unit;
    this.#samples = [{ done: 0, at: now }];
  }

  get done(): number {
    return this.#done;
  }

  /** How many there are in all has become known. */
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

/** Rate and time left, if the rest goes as what is done went. */
export function paceOf(
  done: number,
  total: number | undefined,
  elapsedMs: number,
): Pick<Progress, "total" | "elapsedMs" | "perSecond" | "remainingMs"> {
  const perSecond = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  return { total, elapsedMs, perSecond, remainingMs: remainingMs(total, done, perSecond) };
}
