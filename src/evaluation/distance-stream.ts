/**
 * Streams all distances between two large sets of embeddings in blocks: multiplied by ONNX Runtime, reduced to counts or a few
 * close pairs in TypeScript, and dropped. The full matrix never exists: for 100,000 x 100,000 distances, each thread needs the
 * embeddings, a block of products and one histogram.
 *
 * Every distance falls into the same bin, or on the same side of the limit, as by `codeDistance` and `squaredL2`: products of
 * byte codes are exact integers (both factors unsigned with a zero point, which is exact without VNNI too), those of floats are
 * accurate to 5e-7, and distances so close to an edge that rounding could matter are recomputed by those functions.
 */
import { availableParallelism } from "node:os";
import { runInThread } from "../engine/threads.ts";
import { codeDistance } from "../metric/distance.ts";
import { type EmbeddingMatrix, rowDistance, rowsOf } from "../metric/embedding-matrix.ts";
import { BINS, BINS_A_UNIT, binOf } from "./distance-histogram.ts";
import {
  type Block,
  closeProductsOfBytes,
  closeProductsOfFloats,
  countProductsOfBytes,
  countProductsOfFloats,
  MARGIN,
  ProductBlocks,
  scalesOf,
} from "./product-blocks.ts";

/** Number of pairs after which 32-bit counts are flushed. */
const FLUSH_AFTER = 2 ** 31;

/** Number of pairs from which threads pay off: some seconds of one core. */
const PAIRS_WORTH_THREADS = 2e8;

/** A pair of rows, `left` of one matrix and `right` of the other. */
export type ClosePair = { readonly left: number; readonly right: number; readonly distance: number };

export type StreamOptions = {
  /**
   * Counting threads, each with all of one matrix and a part of the other. Default: number of cores, at most 8, for enough pairs.
   */
  readonly workers?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called occasionally with the number of pairs processed by all calls so far. */
  readonly onPairs?: ((done: number) => void) | undefined;
};

export class DistanceStream {
  readonly #products: ProductBlocks;
  readonly #compared: EmbeddingMatrix["compared"];
  readonly #options: StreamOptions;
  #done = 0;

  private constructor(products: ProductBlocks, compared: EmbeddingMatrix["compared"], options: StreamOptions) {
    this.#products = products;
    this.#compared = compared;
    this.#options = options;
  }

  /** For embeddings of one size, compared as bytes or floats. The caller disposes of it. */
  static async create(
    { compared, size }: Pick<EmbeddingMatrix, "compared" | "size">,
    options: StreamOptions = {},
  ): Promise<DistanceStream> {
    const products = await ProductBlocks.create({ compared, size });
    return new DistanceStream(products, compared, options);
  }

  /**
   * Counts the distances of every row of `left` to every row of `right`.
   *
   * @returns [BINS] counts
   * @throws RangeError for an all-zero code; the signal's reason
   */
  async count(left: EmbeddingMatrix, right: EmbeddingMatrix): Promise<Float64Array> {
    const total = new Float64Array(BINS);
    const scales = { left: scalesOf(left), right: scalesOf(right) };
    const workers = this.#workersFor(left, right);
    if (workers > 1) {
      const { signal } = this.#options;
      for (const counts of await countInThreads(left, right, { workers, signal, onPairs: (pairs) => this.#tell(pairs) }))
        for (const [bin, count] of counts.entries()) total[bin] = (total[bin] as number) + count;
      return total;
    }
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

  /** Counts the distances of all unordered pairs of rows. Otherwise like {@link count}. */
  async countPairs(matrix: EmbeddingMatrix): Promise<Float64Array> {
    const counts = await this.count(matrix, matrix);
    const n = rowsOf(matrix);
    for (let row = 0; row < n; row++) {
      const bin = binOf(rowDistance(matrix, row, row));
      counts[bin] = (counts[bin] as number) - 1;
    }
    return counts.map((count) => count / 2); // D(a, b) = D(b, a), bit for bit
  }

  /**
   * Selected pairs of rows at most `distance` apart, each once, in no particular order.
   *
   * @throws RangeError like {@link count}
   */
  async closePairs(
    matrix: EmbeddingMatrix,
    distance: number,
    isWanted: (left: number, right: number) => boolean,
  ): Promise<ClosePair[]> {
    const pairs: ClosePair[] = [];
    await this.visitClosePairs(matrix, distance, (left, right, exact) => {
      if (isWanted(left, right)) pairs.push({ left, right, distance: exact });
    });
    return pairs;
  }

  /** Calls `visit` once for each pair of rows at most `distance` apart, in no particular order. Otherwise like {@link count}. */
  async visitClosePairs(
    matrix: EmbeddingMatrix,
    distance: number,
    visit: (left: number, right: number, distance: number) => void,
  ): Promise<void> {
    const scales = scalesOf(matrix);
    const limit = distance * BINS_A_UNIT + MARGIN[this.#compared];
    const find = this.#compared === "bytes" ? closeProductsOfBytes : closeProductsOfFloats;
    for await (const block of this.#blocks(matrix, matrix)) {
      find(block as never, scales, limit, (i, j) => {
        if (i >= j) return;
        const exact = rowDistance(matrix, i, j);
        if (exact <= distance) visit(i, j, exact);
      });
    }
  }

  async dispose(): Promise<void> {
    await this.#products.dispose();
  }

  async *#blocks(left: EmbeddingMatrix, right: EmbeddingMatrix): AsyncGenerator<Block> {
    for await (const block of this.#products.all(left, right)) {
      this.#options.signal?.throwIfAborted();
      const pairs = block.products.length; // read before the block is dropped
      yield block;
      this.#tell(pairs);
    }
  }

  /** Starting a thread takes a moment, so it has to pay off. */
  #workersFor(left: EmbeddingMatrix, right: EmbeddingMatrix): number {
    const { workers } = this.#options;
    if (rowsOf(left) * rowsOf(right) < PAIRS_WORTH_THREADS && workers === undefined) return 1;
    return Math.min(workers ?? Math.min(8, availableParallelism()), rowsOf(left));
  }

  #tell(pairs: number): void {
    this.#done += pairs;
    this.#options.onPairs?.(this.#done);
  }
}

/** The distance of a row of one matrix to a row of another. */
function crossDistance(left: EmbeddingMatrix, i: number, right: EmbeddingMatrix, j: number): number {
  const { size } = left;
  if (left.compared === "bytes" && right.compared === "bytes")
    return codeDistance(left.rows.subarray(i * size, (i + 1) * size), right.rows.subarray(j * size, (j + 1) * size));
  return floatDistance(left.rows as Float32Array, i * size, right.rows as Float32Array, j * size, size);
}

/** `squaredL2` without array views; called for one pair in thirty. */
function floatDistance(a: Float32Array, p: number, b: Float32Array, q: number, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) {
    const difference = (a[p + k] as number) - (b[q + k] as number);
    sum += difference * difference;
  }
  return sum;
}

export type CountJob = {
  readonly left: EmbeddingMatrix;
  readonly right: EmbeddingMatrix;
  /** [1] shared; nonzero stops. Terminating a thread inside the runtime would crash the process. */
  readonly stop: Int32Array;
};

export type CountOptions = {
  readonly workers: number;
  readonly signal?: AbortSignal | undefined;
  /** Called occasionally with the number of pairs counted since the last call. */
  readonly onPairs: (pairs: number) => void;
};

/**
 * Counts the distances of every row of `left` to every row of `right`.
 *
 * @returns one histogram per thread, to be summed
 * @throws FaceNetError INTERNAL; the signal's reason
 */
export async function countInThreads(
  left: EmbeddingMatrix,
  right: EmbeddingMatrix,
  { workers, signal, onPairs }: CountOptions,
): Promise<Float64Array[]> {
  signal?.throwIfAborted();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const halt = () => void Atomics.store(stop, 0, 1);
  signal?.addEventListener("abort", halt, { once: true });
  try {
    const threads = partsOf(left, workers).map((part) => countsOf({ left: part, right, stop }, onPairs));
    const all = Promise.all(threads); // rejects with the first failure, after which the other counts are useless
    all.catch(halt);
    await Promise.allSettled(threads);
    signal?.throwIfAborted();
    return await all;
  } finally {
    signal?.removeEventListener("abort", halt);
  }
}

function countsOf(data: CountJob, onProgress: (pairs: number) => void): Promise<Float64Array> {
  return runInThread({ entry: "./count-thread", base: import.meta.url, data, onProgress });
}

/** Parts with nearly equal numbers of rows. */
function partsOf(matrix: EmbeddingMatrix, count: number): EmbeddingMatrix[] {
  const rows = rowsOf(matrix);
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [Math.floor((i * rows) / count), Math.floor(((i + 1) * rows) / count)];
    return { ...matrix, rows: matrix.rows.slice(from * matrix.size, to * matrix.size) } as EmbeddingMatrix;
  });
}
