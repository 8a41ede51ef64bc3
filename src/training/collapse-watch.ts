/**
 * Early warnings: detects from the training figures that a run is failing. A network that maps every face to one point has a
 * triplet loss of exactly the margin and zero distances; batches without active triplets have no gradient.
 */
import type { TrainingStep } from "../schemas/training.ts";

export type CollapseWatchOptions = {
  /** Margin of the triplet loss. */
  readonly margin: number;
  /** Number of steps to average over, before which no advice is given. Default 50. */
  readonly window?: number;
};

type Seen = Pick<TrainingStep, "step" | "loss" | "triplets" | "active" | "positiveDistance" | "negativeDistance">;

/** A network has collapsed if strangers of a batch are closer than this on average; random unit vectors are 2 apart. */
const COLLAPSED = 0.02;

/**
 * Watches a run with triplet loss. Each kind of advice is given once.
 *
 * @returns a function that takes each step and returns advice, if any
 */
export function collapseWatch({ margin, window = 50 }: CollapseWatchOptions): (step: Seen) => string | undefined {
  const recent: Seen[] = [];
  const given = new Set<string>();
  let widest = 0;

  const adviceFor = (): string | undefined => {
    const mean = (value: (step: Seen) => number): number => recent.reduce((sum, step) => sum + value(step), 0) / recent.length;
    const spread = mean(({ negativeDistance }) => negativeDistance ?? 0);
    const gap = spread - mean(({ positiveDistance }) => positiveDistance ?? 0);
    const loss = mean((step) => step.loss);
    widest = Math.max(widest, spread);
    if (spread < COLLAPSED && loss > 0.9 * margin)
      return `collapsed: faces of different people are ${spread.toFixed(4)} apart and the loss ${loss.toFixed(3)} is near the margin ${margin}. Restart with a lower learning rate, more people per batch, or semi-hard mining.`;
    if (spread < widest / 4)
      return `shrinking: faces of different people are ${spread.toFixed(3)} apart, down from ${widest.toFixed(3)}. Lower the learning rate, or use semi-hard mining.`;
    if (mean(({ active }) => active) < 1)
      return "no active triplets: such batches have no gradient. Use more people per batch, a harder miner or a larger margin, or stop here.";
    if (loss > 0.95 * margin && gap < 0.02 * margin)
      return `not learning: the loss ${loss.toFixed(3)} stays near the margin ${margin}, and different people are no farther apart than faces of the same person. Check that each folder contains one person, then try a different learning rate.`;
    return undefined;
  };

  return (step) => {
    recent.push(step);
    if (recent.length > window) recent.shift();
    if (recent.length < window) return undefined;
    const advice = adviceFor();
    const kind = advice?.split(":")[0] as string;
    if (advice === undefined || given.has(kind)) return undefined;
    given.add(kind);
    return advice;
  };
}
