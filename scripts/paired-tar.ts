/** Compares models by TAR at a true FAR over all pairs of a set of faces, with a paired bootstrap over people. */
import { createWeightedRoc, drawPeople } from "../src/evaluation/bootstrap.ts";
import { valAtFar } from "../src/evaluation/roc.ts";
import { squaredL2 } from "../src/metric/distance.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import { quantile } from "../src/metric/statistics.ts";
import type { TrainingFace } from "./training-faces.ts";

export type PairedTar = {
  readonly tar: number;
  /** 95 % interval of the difference from the baseline, percentiles over the resamples; absent for the baseline itself. */
  readonly difference?: { readonly low: number; readonly high: number };
};

/** @param candidates the same faces in the same order, embedded by each candidate; the baseline is one of them */
export function compareTar(
  candidates: Readonly<Record<string, readonly TrainingFace[]>>,
  baseline: string,
  { far, resamples }: { readonly far: number; readonly resamples: number },
): Record<string, PairedTar> {
  const random = seededRandom(1);
  const rocs = Object.fromEntries(Object.entries(candidates).map(([name, faces]) => [name, createWeightedRoc(pairsOf(faces))]));
  const people = new Set(candidates[baseline]?.map(({ person }) => person)).size;
  const tar = (name: string, times: Float64Array) => valAtFar((rocs[name] as (typeof rocs)[string])(times), far);
  const draws = Array.from({ length: resamples }, () => drawPeople(people, random));
  const base = draws.map((times) => tar(baseline, times));
  const everybody = new Float64Array(people).fill(1);
  return Object.fromEntries(
    Object.keys(candidates).map((name) => {
      const differences = draws.map((times, i) => tar(name, times) - (base[i] as number)).sort((a, b) => a - b);
      const difference = { low: round(quantile(differences, 0.025)), high: round(quantile(differences, 0.975)) };
      return [name, { tar: round(tar(name, everybody)), ...(name === baseline ? {} : { difference }) }];
    }),
  );
}

function pairsOf(faces: readonly TrainingFace[]) {
  const names = [...new Set(faces.map(({ person }) => person))];
  const number = new Map(names.map((name, i) => [name, i]));
  const count = (faces.length * (faces.length - 1)) / 2;
  const [distances, left, right] = [new Float64Array(count), new Uint32Array(count), new Uint32Array(count)];
  let at = 0;
  for (const [i, a] of faces.entries()) {
    for (const b of faces.slice(0, i)) {
      distances[at] = squaredL2(a.vector, b.vector);
      left[at] = number.get(a.person) as number;
      right[at++] = number.get(b.person) as number;
    }
  }
  return { distances, left, right, people: names.length };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
