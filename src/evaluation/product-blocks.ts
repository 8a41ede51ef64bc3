/**
 * Products of all rows of one embedding matrix with all rows of another, computed by ONNX Runtime in blocks, and the loops that
 * reduce a block to counts or close pairs.
 */
import { GraphBuilder } from "../engine/graph/graph-builder.ts";
import { type DenseTensor, OnnxNetwork } from "../engine/onnx-network.ts";
import { type EmbeddingMatrix, rowsOf } from "../metric/embedding-matrix.ts";
import { BINS, BINS_A_UNIT, binOf } from "./distance-histogram.ts";

/** Rows per run; its 2 MB of products fit into the caches. */
const BLOCK_ROWS = 128;
const BLOCK_COLUMNS = 4096;

/** A block of products: rows from `top`, columns from `start`. Valid until the next one is requested. */
export type Block<Products = Int32Array | Float32Array> = {
  readonly top: number;
  readonly start: number;
  readonly columns: number;
  readonly products: Products;
};

export class ProductBlocks {
  readonly #network: OnnxNetwork;

  private constructor(network: OnnxNetwork) {
    this.#network = network;
  }

  /** For embeddings of one size, compared as bytes or as floats. The caller disposes of it. */
  static async create({ compared, size }: Pick<EmbeddingMatrix, "compared" | "size">): Promise<ProductBlocks> {
    return new ProductBlocks(await OnnxNetwork.create(productGraph(compared, size), { threads: 1, spin: false }));
  }

  /** The runtime multiplies in the calling thread; use several threads for several cores. */
  async *all(left: EmbeddingMatrix, right: EmbeddingMatrix): AsyncGenerator<Block> {
    const columns = columnTensors(right);
    for (const { top, rows, start, count } of blocksOf(rowsOf(left), rowsOf(right))) {
      const products = await this.#multiply(rowTensor(left, top, rows), columns(start, count));
      yield { top, start, columns: count, products };
      (products.buffer as ArrayBuffer).transfer(0); // frees it now: dropped blocks would pile up to gigabytes before a garbage collection
    }
  }

  async dispose(): Promise<void> {
    await this.#network.dispose();
  }

  async #multiply(rows: DenseTensor, columns: DenseTensor): Promise<Int32Array | Float32Array> {
    const { products } = await this.#network.run<Int32Array | Float32Array>({ rows, columns });
    return (products as DenseTensor<Int32Array | Float32Array>).data;
  }
}

type Part = { readonly top: number; readonly rows: number; readonly start: number; readonly count: number };

/** Column blocks in the outer loop, so that each is transposed once. */
function* blocksOf(rows: number, columns: number): Generator<Part, void> {
  for (let start = 0; start < columns; start += BLOCK_COLUMNS) {
    const count = Math.min(BLOCK_COLUMNS, columns - start);
    for (let top = 0; top < rows; top += BLOCK_ROWS) yield { top, rows: Math.min(BLOCK_ROWS, rows - top), start, count };
  }
}

/** [rows, size] as network input: bytes plus 128. */
function rowTensor({ rows, size, compared }: EmbeddingMatrix, top: number, count: number): DenseTensor {
  const part = rows.subarray(top * size, (top + count) * size);
  return { data: compared === "bytes" ? shifted(part) : (part as Float32Array), dims: [count, size] };
}

/** [size, columns], caching the last one, which is multiplied with many blocks of rows. */
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

/** Distance from a bin edge, in bins, below which a pair is recomputed exactly. */
export const MARGIN = { bytes: 1e-6, floats: 1e-6 * BINS_A_UNIT } as const;

/** Divisors or summands of the products of rows and columns: see {@link scalesOf}. */
export type Scales = { readonly left: Float64Array; readonly right: Float64Array };

/** For bytes 1 / length, for floats the squared length. */
export function scalesOf(matrix: EmbeddingMatrix): Float64Array {
  const { rows, size, compared } = matrix;
  return Float64Array.from({ length: rowsOf(matrix) }, (_, row) => {
    let squares = 0;
    for (let i = row * size; i < (row + 1) * size; i++) squares += (rows[i] as number) ** 2;
    if (compared === "floats") return squares;
    if (squares === 0) throw new RangeError(`row ${row}: a code of zeros has no direction`);
    return 1 / Math.sqrt(squares);
  });
}

/** @param counts [BINS] incremented by the pairs of the block; `exact` is called where rounding could matter */
export function countProductsOfBytes(
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

/** @param counts [BINS] incremented by the pairs of the block; `exact` is called where rounding could matter */
export function countProductsOfFloats(
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

/** @param found called for every pair that may be within the limit, in bins */
export function closeProductsOfBytes(
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

/** @param found called for every pair that may be within the limit, in bins */
export function closeProductsOfFloats(
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
