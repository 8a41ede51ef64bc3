/**
 * Learning rate schedules. By epoch, in the reference implementation's file format: lines `epoch: rate` in ascending order, each
 * valid until the next; `#` starts a comment; a rate of `-1` or `-` ends training. By step: warm-up and decay.
 */
import { FaceNetError } from "../errors.ts";

/** Rates by the epoch from which they apply; null ends training. */
export type LearningRateSchedule = readonly { readonly epoch: number; readonly rate: number | null }[];

/**
 * Parses a learning rate schedule: lines `epoch: rate`, rate -1 to stop, `#` for comments. The reference implementation's own
 * parser fails on the last two.
 *
 * @param file for the message
 * @throws FaceNetError SCHEDULE_INVALID, naming the line
 * @example
 * import { parseSchedule, rateOfEpoch } from "facenet128/training";
 * const schedule = parseSchedule("0: 0.05\n100: 0.005\n200: -1", "schedule.txt");
 * console.log(rateOfEpoch(schedule, 150)); // 0.005
 */
export function parseSchedule(text: string, file: string): LearningRateSchedule {
  const schedule: { epoch: number; rate: number | null }[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/#.*/, "").trim();
    if (content === "") continue;
    const invalid = (reason: string) => new FaceNetError("SCHEDULE_INVALID", { file, line: index + 1, reason });
    const [, epochText = "", rateText = ""] = /^(\d+)\s*:\s*(\S+)$/.exec(content) ?? [];
    if (epochText === "") throw invalid(`must be \`epoch: rate\`, got ${content}`);
    const epoch = Number(epochText);
    const ends = rateText === "-" || rateText === "-1";
    const rate = ends ? null : Number(rateText);
    if (rate !== null && !(rate > 0 && rate < Number.POSITIVE_INFINITY))
      throw invalid(`a rate must be a number above 0, or -1 to stop, got ${rateText}`);
    const last = schedule.at(-1);
    if (!last && epoch !== 0) throw invalid(`the first line must be for epoch 0, got ${epoch}`);
    if (last && epoch <= last.epoch) throw invalid(`epochs must ascend, got ${epoch} after ${last.epoch}`);
    schedule.push({ epoch, rate });
  }
  if (schedule.length === 0) throw new FaceNetError("SCHEDULE_INVALID", { file, line: 1, reason: "contains no rate" });
  return schedule;
}

/** Options of {@link rateCourse}. */
export type RateCourse = {
  /** Maximum rate. */
  readonly learningRate: number;
  readonly steps: number;
  readonly rateSchedule: "cosine" | "linear" | "step" | "constant";
  /** Share of the steps over which the rate rises linearly; the first step already has a fraction of the rate, not 0. */
  readonly warmup: number;
  /** For "step": shares of all steps after which the rate is multiplied by `milestoneFactor`. */
  readonly milestones: readonly number[];
  readonly milestoneFactor: number;
  /** For "cosine" and "linear": the final rate as a share of the maximum. */
  readonly finalRate: number;
};

/**
 * Learning rate by step: linear warm-up, then constant, stepwise, linear or cosine decay (Loshchilov and Hutter 2017).
 *
 * @returns rate by the number of completed steps, from 0
 * @example
 * import { rateCourse } from "facenet128/training";
 * const rate = rateCourse({
 *   learningRate: 0.1, steps: 100, rateSchedule: "step", warmup: 0, milestones: [0.5], milestoneFactor: 0.1, finalRate: 0,
 * });
 * console.log(rate(49), rate(50).toFixed(2)); // 0.1 0.01
 */
export function rateCourse(course: RateCourse): (done: number) => number {
  const { learningRate, steps, rateSchedule, milestones, milestoneFactor, finalRate } = course;
  const warm = Math.round(course.warmup * steps);
  const shareOf = (done: number): number => {
    const gone = Math.min(1, (done - warm) / Math.max(1, steps - warm));
    switch (rateSchedule) {
      case "constant":
        return 1;
      case "step":
        return milestoneFactor ** milestones.filter((milestone) => done >= Math.ceil(milestone * steps)).length;
      case "linear":
        return 1 - (1 - finalRate) * gone;
      case "cosine":
        return finalRate + ((1 - finalRate) * (1 + Math.cos(Math.PI * gone))) / 2;
      default:
        return rateSchedule satisfies never;
    }
  };
  return (done) => learningRate * (done < warm ? (done + 1) / (warm + 1) : shareOf(done));
}

/**
 * Rate of an epoch, counted from 0; null if training ends before it.
 *
 * @example
 * import { rateOfEpoch } from "facenet128/training";
 * console.log(rateOfEpoch([{ epoch: 0, rate: 0.05 }, { epoch: 200, rate: null }], 200)); // null
 */
export function rateOfEpoch(schedule: LearningRateSchedule, epoch: number): number | null {
  return schedule.findLast((line) => line.epoch <= epoch)?.rate ?? null;
}
