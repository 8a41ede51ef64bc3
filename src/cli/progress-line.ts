/** How far a batch is: on a terminal one line that is written over, elsewhere (a pipe, a log file) a line now and then. */
import type { Progress } from "../faces/batch.ts";

const CLEAR_LINE = "\r\u001b[K";

/** Between two lines on a terminal, so that writing them costs nothing. */
const INTERVAL_MS = 100;
/** Before the first line elsewhere, and between two: work of a few seconds writes none. */
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

/** A time in the unit one would say it in: seconds to a minute and a half, then minutes, then hours. */
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

  /** @param now milliseconds of any clock that runs evenly */
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
    this.#loggedAt ??= now - progress.elapsedMs; // when the work began
    if (now - this.#loggedAt < LOG_INTERVAL_MS) return;
    this.#loggedAt = now;
    this.#stream.write(`${progressText(progress)}\n`);
  }

  /** Takes the line away, before anything else is written to the terminal. */
  clear(): void {
    if (!this.#visible) return;
    this.#visible = false;
    this.#stream.write(CLEAR_LINE);
  }
}
