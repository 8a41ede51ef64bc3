/** Progress of a batch: on a terminal one line that is rewritten, otherwise (pipe, log file) an occasional line. */
import type { Progress } from "../faces/batch.ts";

const CLEAR_LINE = "\r\u001b[K";

/** Minimum interval between updates on a terminal. */
const INTERVAL_MS = 100;
/** Time before the first line in a log, and between lines; short runs write none. */
const LOG_INTERVAL_MS = 15_000;

/** @example "123/1000 photographs, 45.2/s, 20 s left" */
export function progressText({ unit = "photographs", done, total, perSecond, remainingMs, figures = {} }: Progress): string {
  const parts = [
    `${total === undefined ? done : `${done}/${total}`} ${unit}`,
    `${perSecond.toFixed(1)}/s`,
    ...Object.entries(figures).map(([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toPrecision(3)}`),
  ];
  if (remainingMs !== undefined) parts.push(`${durationText(remainingMs)} left`);
  return parts.join(", ");
}

/** Duration in a suitable unit: seconds up to a minute and a half, then minutes, then hours. */
export function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export class ProgressLine {
  readonly #stream: { readonly isTTY?: boolean; write(text: string): unknown };
  #shownAt = Number.NEGATIVE_INFINITY;
  #loggedAt: number | undefined;
  #visible = false;

  constructor(stream: { readonly isTTY?: boolean; write(text: string): unknown }) {
    this.#stream = stream;
  }

  /** @param now monotonic clock, milliseconds */
  update(progress: Progress, now: number): void {
    if (!this.#stream.isTTY) {
      this.#log(progress, now);
      return;
    }
    if (now - this.#shownAt < INTERVAL_MS) return;
    this.#shownAt = now;
    this.#visible = true;
    this.#stream.write(CLEAR_LINE + progressText(progress));
  }

  #log(progress: Progress, now: number): void {
    this.#loggedAt ??= now - progress.elapsedMs; // start of the work
    if (now - this.#loggedAt < LOG_INTERVAL_MS) return;
    this.#loggedAt = now;
    this.#stream.write(`${progressText(progress)}\n`);
  }

  /** Removes the line before other output. */
  clear(): void {
    if (!this.#visible) return;
    this.#visible = false;
    this.#stream.write(CLEAR_LINE);
  }
}
