/** A learning curve of few points, however many steps it is made of: neighbours are averaged as more come. */
import type { CurvePoint } from "../../schemas/report.ts";
import type { TrainingStep } from "../../schemas/training.ts";

export class TrainingCurve {
  readonly #most: number;
  readonly #points: CurvePoint[] = [];
  #stepsOfPoint = 1;
  #changedFrom = 0;

  /** @param most points */
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

  /** The points that have changed since this was last asked, and from which one on. */
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
