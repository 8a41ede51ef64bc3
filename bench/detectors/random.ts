/** Seeded random numbers, so that the same photographs come out every time. */

export type Random = {
  /** 0 to below 1 */
  uniform(): number;
  between(low: number, high: number): number;
  /** 0 to below `count` */
  index(count: number): number;
};

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, enough for drawing pictures. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { uniform, between: (low, high) => low + uniform() * (high - low), index: (count) => Math.floor(uniform() * count) };
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.index(i + 1);
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}
