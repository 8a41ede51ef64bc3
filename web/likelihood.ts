/** How sure a match is, in words; the distance is for those who ask. */
import type { Strings } from "./strings/strings.ts";

/** Up to these rates of pairs of different people as close, the surest first. */
const levels = [
  [1e-5, "almostCertainly"],
  [1e-4, "veryLikely"],
  [1e-3, "probably"],
] as const;
export type Likelihood = (typeof levels)[number][1] | "perhaps";

/** @param strangersAsClose rate of pairs of different people at least as close */
export function likelihoodOf(strangersAsClose: number): Likelihood {
  return levels.find(([rate]) => strangersAsClose <= rate)?.[1] ?? "perhaps";
}

export function likelihoodText(strangersAsClose: number, t: Strings): string {
  return t.likelihoods[likelihoodOf(strangersAsClose)];
}
