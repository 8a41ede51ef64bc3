/** Many photographs: what callers may hand over, what they get back, and how far the work is. */
import { FaceNetError, reasonOf } from "../errors.ts";
import type { ImageSource } from "../schemas/image-source.ts";

/** One photograph's outcome. A failure never stops the rest. */
export type BatchItem<T> =
  | { readonly index: number; readonly image: string; readonly ok: true; readonly value: T }
  | { readonly index: number; readonly image: string; readonly ok: false; readonly error: FaceNetError };

export type Sources = Iterable<ImageSource> | AsyncIterable<ImageSource>;

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

export function countOf(sources: Sources): number | undefined {
  if (Array.isArray(sources)) return sources.length;
  return sources instanceof Set ? sources.size : undefined;
}

export function toFaceNetError(error: unknown): FaceNetError {
  return error instanceof FaceNetError ? error : new FaceNetError("INTERNAL", { reason: reasonOf(error) }, error);
}

/** Counts finished photographs and reckons rate and time left. Time is passed in, in milliseconds. */
export class ProgressCounter {
  readonly #total: number | undefined;
  readonly #start: number;
  #done = 0;
  #failed = 0;
  #faces = 0;

  constructor(total: number | undefined, now: number) {
    this.#total = total;
    this.#start = now;
  }

  count(ok: boolean, faces: number, now: number): Progress {
    this.#done++;
    if (!ok) this.#failed++;
    this.#faces += faces;
    const counts = { done: this.#done, failed: this.#failed, faces: this.#faces };
    return { ...counts, ...paceOf(this.#done, this.#total, now - this.#start) };
  }
}

/** Rate and time left, if the rest goes as what is done went. */
export function paceOf(
  done: number,
  total: number | undefined,
  elapsedMs: number,
): Pick<Progress, "total" | "elapsedMs" | "perSecond" | "remainingMs"> {
  const perSecond = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  const left = total === undefined ? undefined : total - done;
  return {
    total,
    elapsedMs,
    perSecond,
    remainingMs: left === undefined || perSecond === 0 ? undefined : (left * 1000) / perSecond,
  };
}
