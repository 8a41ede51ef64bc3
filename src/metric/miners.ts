/**
 * Triplet miners: select index triplets from a batch by its distance matrix. Miners, losses, distances and samplers share
 * only these index lists (as in pytorch-metric-learning).
 */
import type { MinerName } from "../schemas/training.ts";

/** Triplet k is anchor `anchors[k]`, positive `positives[k]` (same person) and negative `negatives[k]` (another person). */
export type Triplets = {
  /** [m] rows of the batch */
  readonly anchors: Uint32Array;
  readonly positives: Uint32Array;
  readonly negatives: Uint32Array;
  /** Number of anchor-positive pairs considered, including those without a triplet. */
  readonly pairs: number;
};

/** Options of a {@link TripletMiner}. */
export type MiningOptions = {
  /** Margin of the loss, squared L2; negatives beyond it have no effect. */
  readonly margin: number;
  /** Uniform from 0 to below 1, for random miners. */
  readonly random: () => number;
};

/**
 * Selects triplets from a batch.
 *
 * @param distances [n, n] squared L2, as returned by `distanceMatrix`
 * @param labels [n] person of each embedding
 */
export type TripletMiner = (distances: Float32Array, labels: ArrayLike<number>, options: MiningOptions) => Triplets;

/** Growable list of triplets. */
export class TripletList {
  #values = new Uint32Array(3 * 1024);
  #count = 0;

  get length(): number {
    return this.#count;
  }

  add(anchor: number, positive: number, negative: number): void {
    const at = 3 * this.#count++;
    if (at === this.#values.length) {
      const larger = new Uint32Array(2 * at);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[at] = anchor;
    this.#values[at + 1] = positive;
    this.#values[at + 2] = negative;
  }

  finish(pairs: number): Triplets {
    const column = (c: number): Uint32Array =>
      Uint32Array.from({ length: this.#count }, (_, k) => this.#values[3 * k + c] as number);
    return { anchors: column(0), positives: column(1), negatives: column(2), pairs };
  }
}

/** Rows of each person, to find pairs without scanning all rows: `groups[i]` are the rows of row i's person. */
export function rowsOfSamePerson(labels: ArrayLike<number>): readonly Uint32Array[] {
  const rows = Array.from({ length: labels.length }, (_, i) => i);
  const people = new Map(
    [...Map.groupBy(rows, (i) => labels[i] as number)].map(([label, own]) => [label, Uint32Array.from(own)] as const),
  );
  return rows.map((i) => people.get(labels[i] as number) as Uint32Array);
}

/** @throws RangeError unless the matrix is [n, n] for n labels */
export function requireSquare(distances: Float32Array, labels: ArrayLike<number>): number {
  const n = labels.length;
  if (distances.length !== n * n) throw new RangeError(`miner: ${distances.length} distances for ${n} labels, expected ${n * n}`);
  return n;
}

/**
 * Every ordered pair of one person is an anchor and its positive; the negative is the nearest one that is farther from the anchor
 * than the positive and within the margin (equation 4):
 *
 *     d(a, p) < d(a, n) < d(a, p) + margin
 *
 * Harder negatives, nearer than the positive, can cause a collapsed model, f(x) = 0, early in training. The paper does
 * not say which
 * of several semi-hard negatives to take; this takes the hardest. A pair without one gives no triplet.
 */
export const mineSemiHard: TripletMiner = (distances, labels, { margin }): Triplets => {
  const n = requireSquare(distances, labels);
  const own = rowsOfSamePerson(labels);
  const triplets = new TripletList();
  let pairs = 0;
  for (let anchor = 0; anchor < n; anchor++) {
    const row = distances.subarray(anchor * n, (anchor + 1) * n);
    for (const positive of own[anchor] as Uint32Array) {
      if (positive === anchor) continue;
      pairs++;
      const near = row[positive] as number;
      let nearest = near + margin;
      let negative = -1;
      for (let i = 0; i < n; i++) {
        const distance = row[i] as number;
        if (distance > near && distance < nearest && labels[i] !== labels[anchor]) {
          nearest = distance;
          negative = i;
        }
      }
      if (negative >= 0) triplets.add(anchor, positive, negative);
    }
  }
  return triplets.finish(pairs);
};

/**
 * Every unordered pair of one person, the earlier row as anchor, with a negative drawn at random among all with
 * `d(a, n) - d(a, p) < margin`: the rule of VGG Face, including hard negatives. The reference implementation shuffles
 * the triplets afterwards, because it feeds them in parts; a loss over all of them does not depend on the order.
 */
export const mineRandomViolators: TripletMiner = (distances, labels, { margin, random }): Triplets => {
  const n = requireSquare(distances, labels);
  const own = rowsOfSamePerson(labels);
  const triplets = new TripletList();
  const violators = new Uint32Array(n);
  let pairs = 0;
  for (let anchor = 0; anchor < n; anchor++) {
    const row = distances.subarray(anchor * n, (anchor + 1) * n);
    for (const positive of own[anchor] as Uint32Array) {
      if (positive <= anchor) continue;
      pairs++;
      const limit = (row[positive] as number) + margin;
      let count = 0;
      for (let i = 0; i < n; i++) if ((row[i] as number) < limit && labels[i] !== labels[anchor]) violators[count++] = i;
      if (count > 0) triplets.add(anchor, positive, violators[Math.floor(random() * count)] as number);
    }
  }
  return triplets.finish(pairs);
};

/**
 * One triplet for each row whose person has another row and that has a negative in the batch, even if it does not
 * violate the margin.
 */
export const mineBatchHard: TripletMiner = (distances, labels): Triplets => {
  const n = requireSquare(distances, labels);
  const triplets = new TripletList();
  let pairs = 0;
  for (let anchor = 0; anchor < n; anchor++) {
    const row = distances.subarray(anchor * n, (anchor + 1) * n);
    let [positive, negative] = [-1, -1];
    let [farthest, nearest] = [-1, Number.POSITIVE_INFINITY];
    for (let i = 0; i < n; i++) {
      const distance = row[i] as number;
      if (labels[i] !== labels[anchor]) {
        if (distance < nearest) [nearest, negative] = [distance, i];
      } else if (i !== anchor) {
        pairs++;
        if (distance > farthest) [farthest, positive] = [distance, i];
      }
    }
    if (positive >= 0 && negative >= 0) triplets.add(anchor, positive, negative);
  }
  return triplets.finish(pairs);
};

/** 45 people x 40 images give 123 million triplets; differentiating this many takes a few seconds. */
const LIMIT = 1_000_000;

/**
 * Every ordered pair of one person with every negative for which `d(a, p) - d(a, n) + margin > 0`. If there are more than a
 * million, an evenly spaced million is kept.
 */
export const mineBatchAll: TripletMiner = (distances, labels, { margin }) => mineAtMost(LIMIT, distances, labels, margin);

/** {@link mineBatchAll} with a custom limit. */
export function mineAtMost(limit: number, distances: Float32Array, labels: ArrayLike<number>, margin: number): Triplets {
  const n = requireSquare(distances, labels);
  const own = rowsOfSamePerson(labels);

  const visit = (use: (anchor: number, positive: number, negative: number) => void): number => {
    let pairs = 0;
    for (let anchor = 0; anchor < n; anchor++) {
      const row = distances.subarray(anchor * n, (anchor + 1) * n);
      for (const positive of own[anchor] as Uint32Array) {
        if (positive === anchor) continue;
        pairs++;
        const end = (row[positive] as number) + margin;
        for (let i = 0; i < n; i++) if ((row[i] as number) < end && labels[i] !== labels[anchor]) use(anchor, positive, i);
      }
    }
    return pairs;
  };

  let count = 0;
  visit(() => {
    count++;
  });
  const kept = Math.min(limit, count);
  const triplets = new TripletList();
  let seen = 0;
  const pairs = visit((anchor, positive, negative) => {
    seen++;
    if (Math.floor((seen * kept) / count) > Math.floor(((seen - 1) * kept) / count)) triplets.add(anchor, positive, negative);
  });
  return triplets.finish(pairs);
}

/**
 * Triplet miners by name (FaceNet, section 3.2; batch-hard and batch-all: Hermans et al. 2017).
 *
 * @example
 * import { distanceMatrix, miners } from "facenet128/metric";
 * const distances = distanceMatrix(Float32Array.of(0, 0.5, 0.6), 1);
 * const { anchors, positives, negatives } = miners["semi-hard"](distances, [0, 0, 1], { margin: 0.2, random: Math.random });
 * console.log(anchors[0], positives[0], negatives[0]); // 0 1 2
 */
export const miners: Readonly<Record<MinerName, TripletMiner>> = {
  "semi-hard": mineSemiHard,
  "random-violator": mineRandomViolators,
  "batch-hard": mineBatchHard,
  "batch-all": mineBatchAll,
};
