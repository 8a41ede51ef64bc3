/**
 * Rows of a gallery in memory: codes, ids and lengths in chunks of fixed size, so that growth never copies
 * existing rows. Rows are dense: the last one replaces a removed one.
 */

/** Rows per chunk, and rows per block of a search. */
export const CHUNK_ROWS = 65_536;
export const BLOCK_ROWS = 8;

export type Chunk = {
  /** [CHUNK_ROWS, dimensions] every value plus 128, the form in which ONNX Runtime multiplies them fastest. */
  readonly codes: Uint8Array;
  /** [CHUNK_ROWS] NaN for a removed face whose row cannot be filled yet. */
  readonly ids: Float64Array;
  /** [CHUNK_ROWS] squared length of each code. */
  readonly squares: Uint32Array;
  /** [CHUNK_ROWS / BLOCK_ROWS] 1 / length of the shortest and of the longest code ever stored in each block. */
  readonly largestInverse: Float64Array;
  readonly smallestInverse: Float64Array;
};

export class CodeRows {
  readonly dimensions: number;
  readonly chunks: Chunk[] = [];
  count = 0;

  constructor(dimensions: number) {
    this.dimensions = dimensions;
  }

  /** Appends a row. @param code [dimensions] not all zeros */
  append(id: number, code: Int8Array): void {
    const row = this.count;
    if (row === this.chunks.length * CHUNK_ROWS) this.chunks.push(createChunk(this.dimensions));
    const at = row % CHUNK_ROWS;
    const chunk = this.#chunkOf(row);
    const start = at * this.dimensions;
    for (let i = 0; i < code.length; i++) chunk.codes[start + i] = (code[i] as number) + 128;
    chunk.ids[at] = id;
    noteSquares(chunk, at, sumOfSquares(code));
    this.count++;
  }

  idAt(row: number): number {
    return this.#chunkOf(row).ids[row % CHUNK_ROWS] as number;
  }

  /** Copy of the row's code. */
  codeAt(row: number): Int8Array {
    const start = (row % CHUNK_ROWS) * this.dimensions;
    const stored = this.#chunkOf(row).codes.subarray(start, start + this.dimensions);
    return Int8Array.from(stored, (value) => value - 128);
  }

  /** The chunk with a row, and the row's index in it. */
  place(row: number): { readonly chunk: Chunk; readonly at: number } {
    return { chunk: this.#chunkOf(row), at: row % CHUNK_ROWS };
  }

  /** Marks the row as empty without moving others. */
  blank(row: number): void {
    this.#chunkOf(row).ids[row % CHUNK_ROWS] = Number.NaN;
  }

  /** Removes a row; the last one takes its position. Empty chunks are freed. */
  remove(row: number): void {
    const last = this.count - 1;
    const [from, to] = [this.#chunkOf(last), this.#chunkOf(row)];
    const [source, target] = [last % CHUNK_ROWS, row % CHUNK_ROWS];
    const start = source * this.dimensions;
    to.codes.set(from.codes.subarray(start, start + this.dimensions), target * this.dimensions);
    to.ids[target] = from.ids[source] as number;
    noteSquares(to, target, from.squares[source] as number);
    this.count = last;
    if (last % CHUNK_ROWS === 0) this.chunks.pop();
  }

  #chunkOf(row: number): Chunk {
    return this.chunks[Math.floor(row / CHUNK_ROWS)] as Chunk;
  }
}

export function sumOfSquares(code: Int8Array): number {
  let sum = 0;
  for (const value of code) sum += value * value;
  return sum;
}

function createChunk(dimensions: number): Chunk {
  return {
    codes: new Uint8Array(CHUNK_ROWS * dimensions),
    ids: new Float64Array(CHUNK_ROWS),
    squares: new Uint32Array(CHUNK_ROWS),
    largestInverse: new Float64Array(CHUNK_ROWS / BLOCK_ROWS),
    smallestInverse: new Float64Array(CHUNK_ROWS / BLOCK_ROWS).fill(Number.POSITIVE_INFINITY),
  };
}

function noteSquares(chunk: Chunk, at: number, squares: number): void {
  chunk.squares[at] = squares;
  const block = Math.floor(at / BLOCK_ROWS);
  const inverse = 1 / Math.sqrt(squares);
  chunk.largestInverse[block] = Math.max(chunk.largestInverse[block] as number, inverse);
  chunk.smallestInverse[block] = Math.min(chunk.smallestInverse[block] as number, inverse);
}
