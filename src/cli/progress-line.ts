/** How far a batch is: one line on a terminal that is written over, nothing where there is none. */
import type { Progress } from "../faces/batch.ts";

const CLEAR_LINE = "\r\u001b[K";

/** Between two lines, so that writing them costs nothing. */
const INTERVAL_MS = 100;

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
  #visible = false;

  constructor(stream: { readonly isTTY?: boolean; write(text: string): unknown }) {
    this.#stream = stream;
  }

  /** @param now milliseconds of any clock that runs evenly */
  update(progress: Progress, now: number): void {
    if (!this.#stream.isTTY || now - this.#shownAt < INTERVAL_MS) return;
    this.#shownAt = now;
    this.#visible = true;
    this.#stream.write(CLEAR_LINE + progressText(progress));
  }

  /** Takes the line away, before anything else is written to the terminal. */
  clear(): void {
    if (!this.#visible) return;
    this.#visible = false;
    this.#stream.write(CLEAR_LINE);
  }
}
