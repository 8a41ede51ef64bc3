/** A pair of numbers and their distance. */
export type Pair = { readonly a: number; readonly b: number; readonly distance: number };

/** Priority queue of pairs by distance, closest first: a binary heap in three typed arrays, 12 bytes a pair. */
export class PairHeap {
  #length = 0;
  #distances = new Float32Array(1024);
  #a = new Uint32Array(1024);
  #b = new Uint32Array(1024);

  /** Number of pairs. */
  get length(): number {
    return this.#length;
  }

  /** @param distance stored in single precision */
  push(a: number, b: number, distance: number): void {
    if (this.#length === this.#a.length) this.#grow();
    let at = this.#length++;
    this.#set(at, a, b, distance);
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!this.#isBefore(at, up)) return;
      this.#swap(at, up);
      at = up;
    }
  }

  /** Removes and returns the closest pair; equal distances by smallest a, then b. Undefined when empty. */
  pop(): Pair | undefined {
    if (this.#length === 0) return undefined;
    const top = { a: this.#a[0] as number, b: this.#b[0] as number, distance: this.#distances[0] as number };
    const last = --this.#length;
    this.#set(0, this.#a[last] as number, this.#b[last] as number, this.#distances[last] as number);
    this.#sink(0);
    return top;
  }

  /** Removes the pairs that do not satisfy a condition. */
  retain(isWanted: (a: number, b: number) => boolean): void {
    let kept = 0;
    for (let at = 0; at < this.#length; at++) {
      const [a, b] = [this.#a[at] as number, this.#b[at] as number];
      if (isWanted(a, b)) this.#set(kept++, a, b, this.#distances[at] as number);
    }
    this.#length = kept;
    for (let at = (kept >> 1) - 1; at >= 0; at--) this.#sink(at); // Floyd's heap construction, from the last inner node
  }

  /** Moves a pair down to restore the heap order. */
  #sink(from: number): void {
    for (let at = from; ; ) {
      const left = 2 * at + 1;
      if (left >= this.#length) return;
      const down = left + 1 < this.#length && this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(down, at)) return;
      this.#swap(at, down);
      at = down;
    }
  }

  #isBefore(x: number, y: number): boolean {
    const difference = (this.#distances[x] as number) - (this.#distances[y] as number);
    if (difference !== 0) return difference < 0;
    const byA = (this.#a[x] as number) - (this.#a[y] as number);
    return byA !== 0 ? byA < 0 : (this.#b[x] as number) < (this.#b[y] as number);
  }

  #set(at: number, a: number, b: number, distance: number): void {
    this.#a[at] = a;
    this.#b[at] = b;
    this.#distances[at] = distance;
  }

  #swap(x: number, y: number): void {
    const [a, b, distance] = [this.#a[x] as number, this.#b[x] as number, this.#distances[x] as number];
    this.#set(x, this.#a[y] as number, this.#b[y] as number, this.#distances[y] as number);
    this.#set(y, a, b, distance);
  }

  #grow(): void {
    const [distances, a, b] = [this.#distances, this.#a, this.#b];
    this.#distances = new Float32Array(2 * a.length);
    this.#a = new Uint32Array(2 * a.length);
    this.#b = new Uint32Array(2 * a.length);
    this.#distances.set(distances);
    this.#a.set(a);
    this.#b.set(b);
  }
}
