/** Timing that a drifting or busy machine does not bend: what is compared runs in turns within one run. */

export type Spread = { readonly median: number; readonly min: number; readonly max: number };

/** One line of a bench's table. */
export type Row = {
  readonly name: string;
  readonly unit: string;
  readonly value: Spread;
  /** How many times as fast as another row, round by round. */
  readonly speed?: { readonly times: Spread; readonly as: string };
  readonly target?: Target;
};

/** What the median of the value or of the speed must reach. */
export type Target = { readonly of: "value" | "speed"; readonly limit: "at least" | "at most"; readonly number: number };

export type BenchOptions = {
  /** folder of real data, FACENET_DATA */
  readonly data: string | undefined;
  /** images of the memory bench */
  readonly images: number;
};

/** A bench measures, or says what it lacks. */
export type Bench = (options: BenchOptions) => Promise<readonly Row[] | { readonly skipped: string }>;

/** Milliseconds of each round. */
export type Laps = readonly number[];

/**
 * Runs contestants in turns, the order reversed every other round.
 *
 * @param contestants each resolves when its work has finished
 * @returns the laps of a contestant by its name; the same index is the same round for all
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

/** A figure that was taken once. */
export function single(value: number): Spread {
  return { median: value, min: value, max: value };
}

/** Laps of work on `count` things, as milliseconds for one. */
export function msEach(laps: Laps, count: number): Spread {
  return spreadOf(laps.map((ms) => ms / count));
}

/** Laps of work on `count` things, as things a second. */
export function perSecond(laps: Laps, count: number): Spread {
  return spreadOf(laps.map((ms) => (count * 1000) / ms));
}

/** How many times as fast `laps` are as those of `baseline` in the same rounds. */
export function speedOf(laps: Laps, baseline: Laps): Spread {
  return spreadOf(laps.map((ms, round) => (baseline[round] as number) / ms));
}

/** Undefined where there is no target. */
export function isMet({ value, speed, target }: Row): boolean | undefined {
  if (!target) return undefined;
  const reached = target.of === "value" ? value.median : (speed?.times.median ?? Number.NaN);
  return target.limit === "at least" ? reached >= target.number : reached <= target.number;
}
