/** Timing that is robust to a drifting or busy machine: contestants run in turns within one run. */

export type Spread = { readonly median: number; readonly min: number; readonly max: number };

/** One row of a benchmark's table. */
export type Row = {
  readonly name: string;
  readonly unit: string;
  readonly value: Spread;
  /** Speed relative to another row, round by round. */
  readonly speed?: { readonly times: Spread; readonly as: string };
  readonly target?: Target;
};

/** Required median of the value or the speed. */
export type Target = { readonly of: "value" | "speed"; readonly limit: "at least" | "at most"; readonly number: number };

export type BenchOptions = {
  /** Folder of real data, FACENET_DATA. */
  readonly data: string | undefined;
  /** Images of the memory benchmark. */
  readonly images: number;
};

/** A benchmark returns measurements, or what it lacks. */
export type Bench = (options: BenchOptions) => Promise<readonly Row[] | { readonly skipped: string }>;

/** Milliseconds per round. */
export type Laps = readonly number[];

/**
 * Runs contestants in turns, reversing the order every other round.
 *
 * @param contestants each resolves when its work has finished
 * @returns laps of a contestant by its name; equal indices are the same round
 */
export async function race(
  contestants: Readonly<Record<string, () => Promise<unknown>>>,
  { warmUps = 1, rounds = 7 }: { readonly warmUps?: number; readonly rounds?: number } = {},
): Promise<(name: string) => Laps> {
  const entries = Object.entries(contestants);
  const laps = new Map(entries.map(([name]) => [name, [] as number[]]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const [name, run] of round % 2 === 0 ? entries : entries.toReversed()) {
      const start = performance.now();
      await run();
      if (round >= 0) laps.get(name)?.push(performance.now() - start);
    }
  }
  return (name) => {
    const found = laps.get(name);
    if (!found) throw new RangeError(`no contestant ${name}`);
    return found;
  };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2,
    min: at(0),
    max: at(1),
  };
}

/** A value measured once. */
export function single(value: number): Spread {
  return { median: value, min: value, max: value };
}

/** Milliseconds per item, for laps over `count` items. */
export function msEach(laps: Laps, count: number): Spread {
  return spreadOf(laps.map((ms) => ms / count));
}

/** Items per second, for laps over `count` items. */
export function perSecond(laps: Laps, count: number): Spread {
  return spreadOf(laps.map((ms) => (count * 1000) / ms));
}

/** Speed of `laps` relative to `baseline` in the same rounds. */
export function speedOf(laps: Laps, baseline: Laps): Spread {
  return spreadOf(laps.map((ms, round) => (baseline[round] as number) / ms));
}

/** Undefined without a target. */
export function isMet({ value, speed, target }: Row): boolean | undefined {
  if (!target) return undefined;
  const reached = target.of === "value" ? value.median : (speed?.times.median ?? Number.NaN);
  return target.limit === "at least" ? reached >= target.number : reached <= target.number;
}
