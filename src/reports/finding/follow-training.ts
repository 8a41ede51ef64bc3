/** Follows a training run: reads its log as it grows and yields changes of its curves. */

import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { CurvePoint, TrainingAdvice, TrainingCurves } from "../../schemas/report.ts";
import type { HeldOutResult, TrainingStep } from "../../schemas/training.ts";
import { parseLogLine } from "../../training/run/training-log.ts";
import { readConfiguration, trainingState } from "./describe-report.ts";
import type { FoundTraining } from "./find-reports.ts";

export type FollowOptions = {
  readonly points: number;
  /** Interval between reads of the log. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
  /** Called at every read; true ends the generator. */
  readonly isEnding: () => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

/**
 * Yields all curves first, then their changes, until the run finishes or counts as stopped. A slow reader gets fewer and larger
 * changes.
 *
 * @throws what `open` and `read` throw if the log disappears
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

/** Bytes of a log read at a time. */
const CHUNK = 1 << 18;
const NEWLINE = 10;

export class TrainingReader {
  readonly #training: FoundTraining;
  readonly #points: number;
  #inode = -1;
  #offset = 0;
  #rest: Uint8Array = new Uint8Array();
  #curve: TrainingCurve;
  #heldOut: HeldOutResult[] = [];
  #advice: TrainingAdvice[] = [];
  #told = { heldOut: 0, advice: 0 };
  #stepMs = 0;

  /** @param points maximum number of points per curve */
  constructor(training: FoundTraining, points: number) {
    this.#training = training;
    this.#points = points;
    this.#curve = new TrainingCurve(points);
  }

  /**
   * Reads what was appended and returns the changes; everything if the log was restarted.
   *
   * @param now milliseconds since 1970
   * @throws what `open` and `read` throw
   */
  async changes(now: number): Promise<TrainingCurves> {
    await this.#read();
    const { heldOut, advice } = this.#told;
    this.#told = { heldOut: this.#heldOut.length, advice: this.#advice.length };
    const { from, items } = this.#curve.takeChanges();
    return {
      state: await trainingState(this.#training, this.#stepMs, now),
      total: (await readConfiguration(this.#training))?.steps ?? null,
      points: { from, items: [...items] },
      heldOut: { from: heldOut, items: this.#heldOut.slice(heldOut) },
      advice: { from: advice, items: this.#advice.slice(advice) },
    };
  }

  async #read(): Promise<void> {
    await using file = await open(this.#training.log);
    const { ino, size } = await file.stat();
    if (ino !== this.#inode || size < this.#offset) this.#beginAnew(ino);
    const chunk = new Uint8Array(CHUNK);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK, this.#offset);
      if (bytesRead === 0) return;
      this.#offset += bytesRead;
      this.#take(chunk.subarray(0, bytesRead));
    }
  }

  #beginAnew(inode: number): void {
    this.#inode = inode;
    this.#offset = 0;
    this.#rest = new Uint8Array();
    this.#curve = new TrainingCurve(this.#points);
    this.#heldOut = [];
    this.#advice = [];
    this.#told = { heldOut: 0, advice: 0 };
  }

  /** Processes complete lines; a partial line waits for its end. */
  #take(bytes: Uint8Array): void {
    const all = Buffer.concat([this.#rest, bytes]);
    const end = all.lastIndexOf(NEWLINE) + 1;
    this.#rest = Uint8Array.from(all.subarray(end));
    for (const text of all.toString("utf8", 0, end).split("\n")) {
      const line = parseLogLine(text);
      if (line?.kind === "step") {
        this.#curve.add(line);
        this.#stepMs = (1000 * line.images) / line.imagesPerSecond;
      } else if (line?.kind === "held-out") {
        const { kind: _, ...figures } = line;
        this.#heldOut.push(figures);
      } else if (line?.kind === "advice") this.#advice.push({ step: line.step, advice: line.advice });
    }
  }
}

export class TrainingCurve {
  readonly #most: number;
  readonly #points: CurvePoint[] = [];
  #stepsOfPoint = 1;
  #changedFrom = 0;

  /** @param most maximum number of points */
  constructor(most: number) {
    this.#most = most;
  }

  get points(): readonly CurvePoint[] {
    return this.#points;
  }

  add(step: TrainingStep): void {
    const point = pointOf(step);
    const last = this.#points.at(-1);
    if (last && last.steps < this.#stepsOfPoint) this.#points.splice(-1, 1, joined(last, point));
    else this.#points.push(point);
    this.#changedFrom = Math.min(this.#changedFrom, this.#points.length - 1);
    if (this.#points.length > this.#most) this.#halve();
  }

  /** Points changed since the last call, and the index of the first of them. */
  takeChanges(): { readonly from: number; readonly items: readonly CurvePoint[] } {
    const from = this.#changedFrom;
    this.#changedFrom = this.#points.length;
    return { from, items: this.#points.slice(from) };
  }

  #halve(): void {
    const before = this.#points.splice(0);
    for (let i = 0; i < before.length; i += 2) {
      const [left, right] = before.slice(i, i + 2);
      if (left) this.#points.push(right ? joined(left, right) : left);
    }
    this.#stepsOfPoint *= 2;
    this.#changedFrom = 0;
  }
}

function pointOf(step: TrainingStep): CurvePoint {
  const { learningRate, loss, positiveDistance, negativeDistance, imagesPerSecond } = step;
  const active = step.pairs === 0 ? null : step.active;
  return { step: step.step, steps: 1, learningRate, loss, active, positiveDistance, negativeDistance, imagesPerSecond };
}

function joined(a: CurvePoint, b: CurvePoint): CurvePoint {
  const steps = a.steps + b.steps;
  const mean = (left: number, right: number): number => (left * a.steps + right * b.steps) / steps;
  const known = (left: number | null, right: number | null): number | null =>
    left === null ? right : right === null ? left : mean(left, right);
  return {
    step: b.step,
    steps,
    learningRate: mean(a.learningRate, b.learningRate),
    loss: mean(a.loss, b.loss),
    active: known(a.active, b.active),
    positiveDistance: known(a.positiveDistance, b.positiveDistance),
    negativeDistance: known(a.negativeDistance, b.negativeDistance),
    imagesPerSecond: mean(a.imagesPerSecond, b.imagesPerSecond),
  };
}
