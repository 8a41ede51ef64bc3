/** How long the stages of a photograph took. */

/** "wait": for a thread. The others are those of the pipeline, in its order; "align" is quality and cutting out. */
export const stages = ["wait", "decode", "detect", "align", "embed"] as const;
export type Stage = (typeof stages)[number];

/** Milliseconds, of the stages that there were. */
export type StageTimes = Readonly<Partial<Record<Stage, number>>>;

/** Does a stage's work. A stage within another counts as itself and not as the outer one: pixels are decoded as detection asks for them. */
export type Timed = <T>(stage: Stage, work: () => T | Promise<T>) => Promise<T>;

export const untimed: Timed = async (_, work) => work();

/** @param now milliseconds, from any start @returns what times the stages, and the times so far */
export function createStageTimer(now: () => number): { readonly timed: Timed; readonly times: StageTimes } {
  const times: Partial<Record<Stage, number>> = {};
  const open: { nested: number }[] = [];
  const timed: Timed = async (stage, work) => {
    const outer = open.at(-1);
    const own = { nested: 0 };
    open.push(own);
    const start = now();
    try {
      return await work();
    } finally {
      const spent = now() - start;
      open.splice(open.indexOf(own), 1);
      if (outer) outer.nested += spent;
      times[stage] = (times[stage] ?? 0) + spent - own.nested;
    }
  };
  return { timed, times };
}
