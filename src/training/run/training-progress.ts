/** How far a training is, with the figures that one watches. */
import type { Progress } from "../../faces/batch.ts";
import type { TrainingStep } from "../../schemas/training.ts";
import type { TrainingLogLine } from "./training-log.ts";

export type Course = {
  readonly steps: number;
  readonly perSecond: number;
  readonly elapsedMs: number;
  readonly lines: readonly TrainingLogLine[];
  readonly advice: string | undefined;
};

export function progressOf(line: TrainingStep, { steps, perSecond, elapsedMs, lines, advice }: Course): Progress {
  const heldOut = lines.findLast((entry) => entry.kind === "held-out");
  const val = heldOut?.val.at(-1);
  return {
    unit: "steps",
    done: line.step,
    failed: 0,
    faces: 0,
    total: steps,
    elapsedMs,
    perSecond,
    remainingMs: (1000 * (steps - line.step)) / perSecond,
    figures: {
      loss: line.loss,
      active: line.active,
      ...(line.positiveDistance !== null && { "one person": line.positiveDistance }),
      ...(line.negativeDistance !== null && { "two people": line.negativeDistance }),
      "images/s": line.imagesPerSecond,
      ...(val && { [`VAL at FAR ${val.far}`]: val.val }),
    },
    ...(advice !== undefined && { advice }),
  };
}
