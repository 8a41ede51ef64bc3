/** Duration of each stage of a photograph. */

/** "wait" is for a free thread. The others are the stages of the pipeline, in order; "align" covers quality and cutting out. */
export const stages = ["wait", "decode", "detect", "align", "embed"] as const;
export type Stage = (typeof stages)[number];

/** Milliseconds, for the stages that ran. */
export type StageTimes = Readonly<Partial<Record<Stage, number>>>;

/** Runs and times a stage. A nested stage is not counted in the outer one: pixels are decoded while detection requests them. */
export type Timed = <T>(stage: Stage, work: () => T | Promise<T>) => Promise<T>;

export const untimed: Timed = async (_, work) => work();

/** @param now milliseconds, from any start @returns a function that times stages, and the times so far */
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
