/**
 * Index triplets into a batch, what a miner returns and a loss takes. Miners, losses, distances and samplers know nothing
 * else of each other (the division of pytorch-metric-learning).
 */

/** Triplet k is anchor `anchors[k]`, positive `positives[k]` (same person) and negative `negatives[k]` (another person). */
export type Triplets = {
  /** [m] rows of the batch */
  readonly anchors: Uint32Array;
  readonly positives: Uint32Array;
  readonly negatives: Uint32Array;
  /** Anchor-positive pairs that were looked at; those for which no negative qualified have no triplet. */
  readonly pairs: number;
};

export type MiningOptions = {
  /** The loss's margin, squared L2; negatives beyond it are of no use. */
  readonly margin: number;
  /** Uniform from 0 to below 1, for miners that draw. */
  readonly random: () => number;
};

/**
 * Picks triplets out of a batch.
 *
 * @param distances [n, n] squared L2, as `distanceMatrix` gives them
 * @param labels [n] who each embedding shows
 */
export type TripletMiner = (distances: Float32Array, labels: ArrayLike<number>, options: MiningOptions) => Triplets;

/** A growing list of triplets. */
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

/** Rows of each person, so that pairs are found without looking at every row: `groups[i]` are those of row i's person. */
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
  if (distances.length !== n * n) throw new RangeError(`miner: ${distances.length} distances for ${n} labels, wants ${n * n}`);
  return n;
}
