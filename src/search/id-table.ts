/**
 * Maps ids to rows: a hash table of row numbers only, at most half full, 8 to 16 bytes a row. A Map takes
 * about 30 and would exceed the gallery's memory limit. The ids themselves are stored with the rows.
 */

const SMALLEST = 16;

export class IdTable {
  /** Row + 1 at the hash of the row's id or the next free slot after it (linear probing); 0 is a free slot. */
  #places = new Uint32Array(SMALLEST);
  #count = 0;
  readonly #idAt: (row: number) => number;

  /** @param idAt id of a row; must not change while the row is in the table */
  constructor(idAt: (row: number) => number) {
    this.#idAt = idAt;
  }

  /** Row of an id, or undefined. */
  rowOf(id: number): number | undefined {
    const row = (this.#places[this.#placeOf(id)] as number) - 1;
    return row < 0 ? undefined : row;
  }

  /** Sets the row of an id, replacing an existing one. */
  set(id: number, row: number): void {
    if (2 * (this.#count + 1) > this.#places.length) this.#grow();
    const place = this.#placeOf(id);
    if (this.#places[place] === 0) this.#count++;
    this.#places[place] = row + 1;
  }

  /** Deletes an existing id. Entries after it move up, so that every probe sequence still ends at a free slot. */
  delete(id: number): void {
    let free = this.#placeOf(id);
    if (this.#places[free] === 0) return;
    const mask = this.#places.length - 1;
    for (let place = (free + 1) & mask; this.#places[place] !== 0; place = (place + 1) & mask) {
      const home = hash(this.#idAt((this.#places[place] as number) - 1)) & mask;
      if (((place - home) & mask) < ((place - free) & mask)) continue; // its home slot is after the free one
      this.#places[free] = this.#places[place] as number;
      free = place;
    }
    this.#places[free] = 0;
    this.#count--;
  }

  /** Slot of the id, or the free slot for it. */
  #placeOf(id: number): number {
    const mask = this.#places.length - 1;
    let place = hash(id) & mask;
    for (let entry = this.#places[place] as number; entry !== 0; entry = this.#places[place] as number) {
      if (this.#idAt(entry - 1) === id) break;
      place = (place + 1) & mask;
    }
    return place;
  }

  #grow(): void {
    const old = this.#places;
    this.#places = new Uint32Array(2 * old.length);
    for (const entry of old) if (entry !== 0) this.#places[this.#placeOf(this.#idAt(entry - 1))] = entry;
    freeArray(old);
  }
}

/** Mixes the 53 bits of an id to 32 (finaliser of MurmurHash3). */
function hash(id: number): number {
  let bits = (id | 0) ^ Math.imul(Math.floor(id / 2 ** 32), 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/**
 * Frees an array's memory at once; the array is empty afterwards. The garbage collector only counts the small wrapper
 * and would let
 * tens of megabytes of unreferenced arrays accumulate.
 */
export function freeArray({ buffer }: Int32Array | Uint32Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
