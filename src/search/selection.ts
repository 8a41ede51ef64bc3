/** Results kept by a search: the nearest k, or all within a distance. */

/** One result. */
export type Neighbour = {
  readonly id: number;
  /** squared L2 of the unit vectors, 0 to 4 */
  readonly distance: number;
};

export type Selection = {
  /** Farther results would not be kept. */
  readonly limit: number;
  /** Keeps the neighbour if it qualifies. */
  offer(id: number, distance: number): void;
  /** Results: nearest first, equal distances by ascending id. */
  sorted(): Neighbour[];
};

/** The nearest `k`; equal distances by ascending id. */
export class NearestK implements Selection {
  readonly #k: number;
  /** Binary heap with the last in the order of {@link byDistance}, the farthest, at the root. */
  readonly #heap: Neighbour[] = [];

  constructor(k: number) {
    this.#k = k;
  }

  get limit(): number {
    return this.#heap.length < this.#k ? Number.POSITIVE_INFINITY : (this.#heap[0]?.distance ?? Number.NEGATIVE_INFINITY);
  }

  offer(id: number, distance: number): void {
    const added = { id, distance };
    if (this.#heap.length < this.#k) this.#rise(added);
    else if (this.#heap[0] && byDistance(added, this.#heap[0]) < 0) this.#sink(added);
  }

  sorted(): Neighbour[] {
    return [...this.#heap].sort(byDistance);
  }

  #rise(added: Neighbour): void {
    const heap = this.#heap;
    let place = heap.push(added) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (byDistance(heap[parent] as Neighbour, added) >= 0) break;
      heap[place] = heap[parent] as Neighbour;
      place = parent;
    }
    heap[place] = added;
  }

  /** Replaces the farthest with `added`. */
  #sink(added: Neighbour): void {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && byDistance(heap[child + 1] as Neighbour, heap[child] as Neighbour) > 0) child++;
      if (byDistance(heap[child] as Neighbour, added) <= 0) break;
      heap[place] = heap[child] as Neighbour;
      place = child;
    }
    heap[place] = added;
  }
}

/** All within `limit`. */
export class AllWithin implements Selection {
  readonly limit: number;
  readonly #kept: Neighbour[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  offer(id: number, distance: number): void {
    if (distance <= this.limit) this.#kept.push({ id, distance });
  }

  sorted(): Neighbour[] {
    return this.#kept.sort(byDistance);
  }
}

/** By distance, then by id. */
export function byDistance(a: Neighbour, b: Neighbour): number {
  return a.distance - b.distance || a.id - b.id;
}
