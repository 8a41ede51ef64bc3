/** The curves of a training while it goes on. */
import { setTimeout as sleep } from "node:timers/promises";
import type { TrainingCurves } from "../../schemas/report.ts";
import type { FoundTraining } from "./find-reports.ts";
import { TrainingReader } from "./training-reader.ts";

export type FollowOptions = {
  readonly points: number;
  /** between two looks at the log */
  readonly everyMs: number;
  readonly signal: AbortSignal;
  /** Asked at every look whether to end. */
  readonly isEnding: () => boolean;
  /** milliseconds since 1970 */
  readonly now: () => number;
};

/**
 * All of them first, then what has changed, until the training has ended or is taken for stopped. Who reads slowly gets
 * fewer and larger changes.
 *
 * @throws what `open` and `read` throw when the log goes away
 */
export async function* followTraining(
  training: FoundTraining,
  { points, everyMs, signal, isEnding, now }: FollowOptions,
): AsyncGenerator<TrainingCurves> {
  const reader = new TrainingReader(training, points);
  for (let isFirst = true; !signal.aborted && !isEnding(); isFirst = false) {
    const changes = await reader.changes(now());
    const isOver = changes.state !== "running";
    const hasNews = [changes.points, changes.heldOut, changes.advice].some(({ from, items }) => items.length > 0 || from === 0);
    if (isFirst || isOver || hasNews) yield changes;
    if (isOver) return;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
