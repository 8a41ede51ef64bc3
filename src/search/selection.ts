/** What a search keeps of what it meets: the nearest k, or all within a distance. */

/** One found face. */
export type Neighbour = {
  readonly id: number;
  /** squared L2 of the directions, 0 to 4 */
  readonly distance: number;
};

export type Selection = {
  /** Whatever is farther than this would not be kept. */
  readonly limit: number;
  /** Keeps the neighbour if it is good enough. */
  offer(id: number, distance: number): void;
  /** What was kept: nearest first, of equal distance the smaller id first. */
  sorted(): Neighbour[];
};

/** The nearest `k`; of those equally far the smaller ids. */
export class NearestK implements Selection {
  readonly #k: number;
  /** A binary heap: none comes after its parent in the order of {@link byDistance}, so the farthest stands first. */
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

  /** Puts `added` in place of the farthest. */
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

/** All that are at most `limit` far. */
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

/** Nearest first, then the smaller id. */
export function byDistance(a: Neighbour, b: Neighbour): number {
  return a.distance - b.distance || a.id - b.id;
}
