/**
 * Learning rates over the epochs, in the reference implementation's file format: lines `epoch: rate`, in ascending order, each
 * holding until the next; `#` begins a comment; a rate of `-1` or `-` means: stop there.
 */
import { FaceNetError } from "../errors.ts";

/** Rates by the epoch from which they hold; null: training ends. */
export type LearningRateSchedule = readonly { readonly epoch: number; readonly rate: number | null }[];

/**
 * Reads a schedule. Empty lines are passed over, and after the last line its rate stays: the reference implementation
 * breaks on both.
 *
 * @param file for the message
 * @throws FaceNetError SCHEDULE_INVALID, naming the line
 * @example parseSchedule("0: 0.05\n100: 0.005\n200: -1", "schedule.txt")
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
  if (schedule.length === 0) throw new FaceNetError("SCHEDULE_INVALID", { file, line: 1, reason: "holds no rate" });
  return schedule;
}

/**
 * The paper's course in short: one rate, and a tenth of it over the last fifth of the steps to finalise (section 3).
 *
 * @param steps of the whole run
 */
export function loweredAtTheEnd(rate: number, steps: number): (step: number) => number {
  const lowered = Math.ceil(steps * 0.8);
  return (step) => (step < lowered ? rate : rate / 10);
}

/** The rate of an epoch, counted from 0; null: training ends before it. */
export function rateOfEpoch(schedule: LearningRateSchedule, epoch: number): number | null {
  return schedule.findLast((line) => line.epoch <= epoch)?.rate ?? null;
}
