/**
 * Distances between many embeddings and many, a block at a time: multiplied in ONNX Runtime, turned into counts or a
 * few close pairs in TypeScript, and dropped. The full matrix never exists: 100,000 x 100,000 distances need the
 * embeddings, two blocks of products and one histogram.
 *
 * Every distance falls into the bin, or on the side of the limit, that `codeDistance` and `squaredL2` put it: products
 * of byte codes are exact integers (both factors unsigned with a zero point, which is exact on processors without VNNI
 * too), those of floats are right to 5e-7, and what comes so close to an edge that rounding could matter is computed
 * once more by those functions.
 */
import { type DenseTensor, OnnxNetwork } from "../engine/onnx-network.ts";
import { GraphBuilder } from "../graph/graph-builder.ts";
import { codeDistance } from "../metric/distance.ts";
import { type EmbeddingMatrix, rowDistance, rowsOf } from "../metric/embedding-matrix.ts";
import { BINS, BINS_A_UNIT, binOf } from "./distance-histogram.ts";

/** Products of one run, 2 MB: one block is counted while the next is multiplied. */
const BLOCK_ROWS = 128;
const BLOCK_COLUMNS = 4096;
/** How far from an edge, in bins, a distance must be to need no second look. */
const MARGIN = { bytes: 1e-6, floats: 1e-6 * BINS_A_UNIT } as const;
/** Pairs after which counts of 32 bits are added up. */
const FLUSH_AFTER = 2 ** 31;

/** A pair of rows, `left` of one matrix and `right` of the other. */
export type ClosePair = { readonly left: number; readonly right: number; readonly distance: number };

export type StreamOptions = {
  /** Threads of the multiplication. Default 1: counting keeps another core as busy. */
  readonly threads?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after each block with the pairs done by all calls so far. */
  readonly onPairs?: ((done: number) => void) | undefined;
};

/** One block of products: rows from `top`, columns from `start`. */
type Block<Products = Int32Array | Float32Array> = {
  readonly top: number;
  readonly start: number;
  readonly columns: number;
  readonly products: Products;
};

export class DistanceStream {
  readonly #network: OnnxNetwork;
  readonly #compared: EmbeddingMatrix["compared"];
  readonly #options: StreamOptions;
  #done = 0;

  private constructor(network: OnnxNetwork, compared: EmbeddingMatrix["compared"], options: StreamOptions) {
    this.#network = network;
    this.#compared = compared;
    this.#options = options;
  }

  /** For embeddings of one size, compared as bytes or as floats. The caller disposes of it. */
  static async create(
    { compared, size }: Pick<EmbeddingMatrix, "compared" | "size">,
    options: StreamOptions = {},
  ): Promise<DistanceStream> {
    const network = await OnnxNetwork.create(productGraph(compared, size), { threads: options.threads ?? 1, spin: false });
    return new DistanceStream(network, compared, options);
  }

  /**
   * Counts the distances of every row of `left` to every row of `right`.
   *
   * @returns [BINS] as `computeDistanceHistogram`
   * @throws RangeError for a code of zeros; the signal's reason
   */
  async count(left: EmbeddingMatrix, right: EmbeddingMatrix): Promise<Float64Array> {
    const total = new Float64Array(BINS);
    const scales = { left: scalesOf(left), right: scalesOf(right) };
    const countBlock = this.#compared === "bytes" ? countProductsOfBytes : countProductsOfFloats;
    let [counts, counted] = [new Uint32Array(BINS), 0];
    const flush = (): void => {
      for (const [bin, count] of counts.entries()) total[bin] = (total[bin] as number) + count;
      [counts, counted] = [new Uint32Array(BINS), 0];
    };
    for await (const block of this.#blocks(left, right)) {
      countBlock(block as never, scales, counts, (i, j) => crossDistance(left, i, right, j));
      counted += block.products.length;
      if (counted > FLUSH_AFTER) flush();
    }
    flush();
    return total;
  }

  /** Counts the distances of every pair of rows, each pair once. Otherwise as {@link count}. */
  async countPairs(matrix: EmbeddingMatrix): Promise<Float64Array> {
    const counts = await this.count(matrix, matrix);
    const n = rowsOf(matrix);
    for (let row = 0; row < n; row++) {
      const bin = binOf(rowDistance(matrix, row, row));
      counts[bin] = (counts[bin] as number) - 1;
    }
    return counts.map((count) => count / 2); // D(a, b) = D(b, a) to the last bit
  }

  /**
   * The pairs of rows at most `distance` apart that are wanted, each once, in no particular order.
   *
   * @param isWanted asked for close pairs only
   * @throws RangeError as {@link count}
   */
  async closePairs(
    matrix: EmbeddingMatrix,
    distance: number,
    isWanted: (left: number, right: number) => boolean,
  ): Promise<ClosePair[]> {
    const scales = scalesOf(matrix);
    const limit = distance * BINS_A_UNIT + MARGIN[this.#compared];
    const find = this.#compared === "bytes" ? closeProductsOfBytes : closeProductsOfFloats;
    const pairs: ClosePair[] = [];
    for await (const block of this.#blocks(matrix, matrix)) {
      find(block as never, scales, limit, (i, j) => {
        if (i >= j || !isWanted(i, j)) return;
        const exact = rowDistance(matrix, i, j);
        if (exact <= distance) pairs.push({ left: i, right: j, distance: exact });
      });
    }
    return pairs;
  }

  async dispose(): Promise<void> {
    await this.#network.dispose();
  }

  /** The next block is under way while one is looked at. */
  async *#blocks(left: EmbeddingMatrix, right: EmbeddingMatrix): AsyncGenerator<Block> {
    const wanted = blocksOf(rowsOf(left), rowsOf(right));
    const columns = columnTensors(right);
    const run = ({ top, rows, start, count }: Part): Promise<Block> =>
      this.#multiply(rowTensor(left, top, rows), columns(start, count)).then((products) => ({
        top,
        start,
        columns: count,
        products,
      }));
    let next = wanted.next();
    let running = next.done ? undefined : run(next.value);
    while (running && !next.done) {
      const pairs = next.value.rows * next.value.count;
      const block: Block = await running;
      this.#options.signal?.throwIfAborted();
      next = wanted.next();
      running = next.done ? undefined : run(next.value);
      running?.catch(() => undefined); // its turn comes
      yield block;
      (block.products.buffer as ArrayBuffer).transfer(0); // the collector would let gigabytes of dropped blocks pile up
      this.#done += pairs;
      this.#options.onPairs?.(this.#done);
    }
  }

  async #multiply(rows: DenseTensor, columns: DenseTensor): Promise<Int32Array | Float32Array> {
    const { products } = await this.#network.run<Int32Array | Float32Array>({ rows, columns });
    return (products as DenseTensor<Int32Array | Float32Array>).data;
  }
}

/*
 * The two loops that every pair goes through, one for each kind of product so that the engine compiles each for one
 * kind of array: plain arithmetic and one branch a pair. A position is a distance counted in bins.
 */

function countProductsOfBytes(
  { top, start, columns, products }: Block<Int32Array>,
  { left, right }: Scales,
  counts: Uint32Array,
  exact: (i: number, j: number) => number,
): void {
  const margin = MARGIN.bytes;
  const rows = products.length / columns;
  for (let row = 0, at = 0; row < rows; row++) {
    const own = 2 * BINS_A_UNIT * (left[top + row] as number);
    for (let column = 0; column < columns; column++, at++) {
      const position = 2 * BINS_A_UNIT - (products[at] as number) * (own * (right[start + column] as number));
      const below = position | 0;
      const fraction = position - below;
      if (fraction > margin && fraction < 1 - margin) counts[below + 1] = (counts[below + 1] as number) + 1;
      else countOne(counts, binOf(exact(top + row, start + column)));
    }
  }
}

function countProductsOfFloats(
  { top, start, columns, products }: Block<Float32Array>,
  { left, right }: Scales,
  counts: Uint32Array,
  exact: (i: number, j: number) => number,
): void {
  const margin = MARGIN.floats;
  const rows = products.length / columns;
  for (let row = 0, at = 0; row < rows; row++) {
    const own = left[top + row] as number;
    for (let column = 0; column < columns; column++, at++) {
      const position = BINS_A_UNIT * (own + (right[start + column] as number) - 2 * (products[at] as number));
      const below = position | 0;
      const fraction = position - below;
      if (fraction > margin && fraction < 1 - margin && below < BINS - 1) counts[below + 1] = (counts[below + 1] as number) + 1;
      else countOne(counts, binOf(exact(top + row, start + column)));
    }
  }
}

function countOne(counts: Uint32Array, bin: number): void {
  counts[bin] = (counts[bin] as number) + 1;
}

function closeProductsOfBytes(
  { top, start, columns, products }: Block<Int32Array>,
  scales: Float64Array,
  limit: number,
  found: (i: number, j: number) => void,
): void {
  for (let row = 0, at = 0; at < products.length; row++) {
    const own = 2 * BINS_A_UNIT * (scales[top + row] as number);
    for (let column = 0; column < columns; column++, at++) {
      const position = 2 * BINS_A_UNIT - (products[at] as number) * (own * (scales[start + column] as number));
      if (position <= limit) found(top + row, start + column);
    }
  }
}

function closeProductsOfFloats(
  { top, start, columns, products }: Block<Float32Array>,
  scales: Float64Array,
  limit: number,
  found: (i: number, j: number) => void,
): void {
  for (let row = 0, at = 0; at < products.length; row++) {
    const own = scales[top + row] as number;
    for (let column = 0; column < columns; column++, at++) {
      const position = BINS_A_UNIT * (own + (scales[start + column] as number) - 2 * (products[at] as number));
      if (position <= limit) found(top + row, start + column);
    }
  }
}

type Part = { readonly top: number; readonly rows: number; readonly start: number; readonly count: number };
type Scales = { readonly left: Float64Array; readonly right: Float64Array };

/** Column blocks outside, so that each is transposed once. */
function* blocksOf(rows: number, columns: number): Generator<Part, void> {
  for (let start = 0; start < columns; start += BLOCK_COLUMNS) {
    const count = Math.min(BLOCK_COLUMNS, columns - start);
    for (let top = 0; top < rows; top += BLOCK_ROWS) yield { top, rows: Math.min(BLOCK_ROWS, rows - top), start, count };
  }
}

/** Of bytes 1 / length, of floats the square of the length. */
function scalesOf(matrix: EmbeddingMatrix): Float64Array {
  const { rows, size, compared } = matrix;
  return Float64Array.from({ length: rowsOf(matrix) }, (_, row) => {
    let squares = 0;
    for (let i = row * size; i < (row + 1) * size; i++) squares += (rows[i] as number) ** 2;
    if (compared === "floats") return squares;
    if (squares === 0) throw new RangeError(`row ${row}: a code of zeros has no direction`);
    return 1 / Math.sqrt(squares);
  });
}

/** The distance of a row of one matrix to a row of another. */
function crossDistance(left: EmbeddingMatrix, i: number, right: EmbeddingMatrix, j: number): number {
  const { size } = left;
  if (left.compared === "bytes" && right.compared === "bytes")
    return codeDistance(left.rows.subarray(i * size, (i + 1) * size), right.rows.subarray(j * size, (j + 1) * size));
  return floatDistance(left.rows as Float32Array, i * size, right.rows as Float32Array, j * size, size);
}

/** `squaredL2` without views: one pair in thirty comes here. */
function floatDistance(a: Float32Array, p: number, b: Float32Array, q: number, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) {
    const difference = (a[p + k] as number) - (b[q + k] as number);
    sum += difference * difference;
  }
  return sum;
}

/** [rows, size] as the network takes it: bytes plus 128. */
function rowTensor({ rows, size, compared }: EmbeddingMatrix, top: number, count: number): DenseTensor {
  const part = rows.subarray(top * size, (top + count) * size);
  return { data: compared === "bytes" ? shifted(part) : (part as Float32Array), dims: [count, size] };
}

/** [size, columns], the last one kept: many blocks of rows are multiplied with it. */
function columnTensors({ rows, size, compared }: EmbeddingMatrix): (start: number, count: number) => DenseTensor {
  let kept: { start: number; tensor: DenseTensor } | undefined;
  return (start, count) => {
    if (kept?.start === start) return kept.tensor;
    const data = compared === "bytes" ? new Uint8Array(size * count) : new Float32Array(size * count);
    const shift = compared === "bytes" ? 128 : 0;
    for (let column = 0; column < count; column++)
      for (let i = 0; i < size; i++) data[i * count + column] = (rows[(start + column) * size + i] as number) + shift;
    kept = { start, tensor: { data, dims: [size, count] } };
    return kept.tensor;
  };
}

function shifted(codes: ArrayLike<number>): Uint8Array {
  const out = new Uint8Array(codes.length);
  for (let i = 0; i < out.length; i++) out[i] = (codes[i] as number) + 128;
  return out;
}

function productGraph(compared: EmbeddingMatrix["compared"], size: number): Uint8Array {
  const graph = new GraphBuilder();
  const [type, product] = compared === "bytes" ? (["uint8", "int32"] as const) : (["float", "float"] as const);
  if (compared === "bytes") graph.op("MatMulInteger", ["rows", "columns", graph.byte(128), graph.byte(128)], {}, "products");
  else graph.op("MatMul", ["rows", "columns"], {}, "products");
  return graph.build(
    { rows: { shape: ["r", size], type }, columns: { shape: [size, "c"], type } },
    { products: { shape: ["r", "c"], type: product } },
  );
}
