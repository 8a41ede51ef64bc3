/** Numbers of accepted and all pairs by the labels of their faces, counted once and reweighted for every resample of people. */

import type { BootstrapOptions } from "./bootstrap.ts";
import { DistanceStream, type StreamOptions } from "./distance-stream.ts";
import type { FaceSet } from "./face-set.ts";
import { measurePairs, type PairList } from "./verification.ts";

/** Labels of all faces: the values of one column. */
export type FaceLabels = {
  readonly labels: readonly string[];
  /** [faces] index in `labels`, or -1 for none. */
  readonly of: Int32Array;
};

export type ComparisonOptions = {
  /** Common threshold, squared L2. */
  readonly threshold: number;
  readonly bootstrap: BootstrapOptions;
  /** Squared L2 of two faces of the set, if it differs from that of their embeddings. */
  readonly distanceOf?: ((a: number, b: number) => number) | undefined;
};

/** [cells] numbers of pairs by kind, all and accepted. */
export type CellCounts = {
  readonly samePairs: Float64Array;
  readonly differentPairs: Float64Array;
  readonly trueAccepts: Float64Array;
  readonly falseAccepts: Float64Array;
};

export type LabelledPairs = {
  readonly cells: number;
  /**
   * False if accepted pairs involve too many combinations of people to store: false accepts are then unweighted, without
   * interval.
   */
  readonly complete: boolean;
  /** Counts if person p occurs `times[p]` times: a pair of p and q counts `times[p] * times[q]` times, a pair of p `times[p]`. */
  readonly counts: (times: Float64Array) => CellCounts;
};

/** Maximum number of combinations of two people and a cell stored; beyond it, only cells are counted. */
const MOST_KEPT = 2_000_000;

/** Numbers of pairs by combination of two people and a cell. */
class PeopleCells {
  readonly #people: number;
  readonly #cells: number;
  readonly #counts = new Map<number, number>();
  readonly #byCell: Float64Array;

  constructor(people: number, cells: number) {
    this.#people = people;
    this.#cells = cells;
    this.#byCell = new Float64Array(cells);
  }

  get complete(): boolean {
    return this.#counts.size < MOST_KEPT;
  }

  add(p: number, q: number, cell: number): void {
    this.#byCell[cell] = (this.#byCell[cell] as number) + 1;
    if (!this.complete) return;
    const key = (Math.min(p, q) * this.#people + Math.max(p, q)) * this.#cells + cell;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** @returns [cells] for each resample */
  weighted(): (times: Float64Array) => Float64Array {
    const { complete } = this;
    const [people, cells, byCell] = [this.#people, this.#cells, this.#byCell];
    const keys = complete ? Float64Array.from(this.#counts.keys()) : new Float64Array(0);
    const counts = complete ? Float64Array.from(this.#counts.values()) : new Float64Array(0);
    const two = keys.map((key) => Math.floor(key / cells));
    const cell = Uint32Array.from(keys, (key) => key % cells);
    const left = Uint32Array.from(two, (key) => Math.floor(key / people));
    const right = Uint32Array.from(two, (key) => key % people);
    return (times) => {
      if (!complete) return byCell;
      const sums = new Float64Array(cells);
      for (let i = 0; i < counts.length; i++) {
        const [p, q, c] = [left[i] as number, right[i] as number, cell[i] as number];
        const weight = p === q ? (times[p] as number) : (times[p] as number) * (times[q] as number);
        sums[c] = (sums[c] as number) + weight * (counts[i] as number);
      }
      return sums;
    };
  }
}

/** Index of the cell of two labels, one of `labels * (labels + 1) / 2`. */
export function cellOf(a: number, b: number, labels: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return low * labels - (low * (low - 1)) / 2 + (high - low);
}

export function countListedPairs(
  faces: FaceSet,
  list: PairList,
  { labels, of }: FaceLabels,
  { threshold, distanceOf }: Pick<ComparisonOptions, "threshold" | "distanceOf">,
): LabelledPairs {
  const cells = (labels.length * (labels.length + 1)) / 2;
  const counted = Array.from({ length: 4 }, () => new PeopleCells(faces.people.length, cells));
  const [same, different, accepted, falsely] = counted as [PeopleCells, PeopleCells, PeopleCells, PeopleCells];
  const { distances } = measurePairs(faces, list, distanceOf);
  for (let i = 0; i < distances.length; i++) {
    const [a, b] = [list.left[i] as number, list.right[i] as number];
    const [labelA, labelB] = [of[a] as number, of[b] as number];
    if (labelA < 0 || labelB < 0) continue;
    const [p, q] = [faces.person[a] as number, faces.person[b] as number];
    const cell = cellOf(labelA, labelB, labels.length);
    (p === q ? same : different).add(p, q, cell);
    if ((distances[i] as number) <= threshold) (p === q ? accepted : falsely).add(p, q, cell);
  }
  const [samePairs, differentPairs, trueAccepts, falseAccepts] = counted.map((each) => each.weighted());
  return {
    cells,
    complete: counted.every(({ complete }) => complete),
    counts: (times) => ({
      samePairs: samePairs?.(times) as Float64Array,
      differentPairs: differentPairs?.(times) as Float64Array,
      trueAccepts: trueAccepts?.(times) as Float64Array,
      falseAccepts: falseAccepts?.(times) as Float64Array,
    }),
  };
}

/** @throws the signal's reason */
export async function countEveryPair(
  faces: FaceSet,
  { labels, of }: FaceLabels,
  threshold: number,
  options: StreamOptions,
): Promise<LabelledPairs> {
  const cells = (labels.length * (labels.length + 1)) / 2;
  const people = faces.people.length;
  const [accepted, falsely] = [new PeopleCells(people, cells), new PeopleCells(people, cells)];
  const stream = await DistanceStream.create(faces.embeddings, options);
  try {
    await stream.visitClosePairs(faces.embeddings, threshold, (a, b) => {
      const [labelA, labelB] = [of[a] as number, of[b] as number];
      if (labelA < 0 || labelB < 0) return;
      const [p, q] = [faces.person[a] as number, faces.person[b] as number];
      (p === q ? accepted : falsely).add(p, q, cellOf(labelA, labelB, labels.length));
    });
  } finally {
    await stream.dispose();
  }
  const [trueAccepts, falseAccepts] = [accepted.weighted(), falsely.weighted()];
  const totals = pairTotals(faces, { labels, of });
  return {
    cells,
    complete: falsely.complete,
    counts: (times) => ({ ...totals(times), trueAccepts: trueAccepts(times), falseAccepts: falseAccepts(times) }),
  };
}

/** All pairs per cell, from the number of faces of each person and label. */
function pairTotals(
  { person, people }: FaceSet,
  { labels, of }: FaceLabels,
): (times: Float64Array) => Pick<CellCounts, "samePairs" | "differentPairs"> {
  const n = labels.length;
  const faces = people.map(() => new Map<number, number>());
  for (const [face, label] of of.entries()) {
    const own = faces[person[face] as number] as Map<number, number>;
    if (label >= 0) own.set(label, (own.get(label) ?? 0) + 1);
  }
  return (times) => {
    const cells = (n * (n + 1)) / 2;
    const [samePairs, ofOnePerson, sums] = [new Float64Array(cells), new Float64Array(cells), new Float64Array(n)];
    const add = (sum: Float64Array, place: number, value: number): void => {
      sum[place] = (sum[place] as number) + value;
    };
    for (const [p, own] of faces.entries()) {
      const t = times[p] as number;
      for (const [a, ofA] of own) {
        add(sums, a, t * ofA);
        for (const [b, ofB] of own) {
          if (b < a) continue;
          const cell = cellOf(a, b, n);
          add(samePairs, cell, t * (a === b ? (ofA * (ofA - 1)) / 2 : ofA * ofB));
          add(ofOnePerson, cell, t * t * ofA * ofB);
        }
      }
    }
    const differentPairs = new Float64Array(cells);
    for (let a = 0; a < n; a++)
      for (let b = a; b < n; b++) {
        const cell = cellOf(a, b, n);
        const products = (sums[a] as number) * (sums[b] as number) - (ofOnePerson[cell] as number);
        differentPairs[cell] = a === b ? products / 2 : products;
      }
    return { samePairs, differentPairs };
  };
}
