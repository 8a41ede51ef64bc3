/** The products of every row of one matrix of embeddings with every row of another, a block at a time, by ONNX Runtime. */

import { GraphBuilder } from "../engine/graph/graph-builder.ts";
import { type DenseTensor, OnnxNetwork } from "../engine/onnx-network.ts";
import { type EmbeddingMatrix, rowsOf } from "../metric/embedding-matrix.ts";

/** Products of one run, 2 MB: what the caches hold. */
const BLOCK_ROWS = 128;
const BLOCK_COLUMNS = 4096;

/** One block of products: rows from `top`, columns from `start`. It holds until the next one is asked for. */
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

  /** The runtime multiplies in the thread that asks for it: whoever wants more cores takes more threads. */
  async *all(left: EmbeddingMatrix, right: EmbeddingMatrix): AsyncGenerator<Block> {
    const columns = columnTensors(right);
    for (const { top, rows, start, count } of blocksOf(rowsOf(left), rowsOf(right))) {
      const products = await this.#multiply(rowTensor(left, top, rows), columns(start, count));
      yield { top, start, columns: count, products };
      (products.buffer as ArrayBuffer).transfer(0); // the collector would let gigabytes of dropped blocks pile up
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

/** Column blocks outside, so that each is transposed once. */
function* blocksOf(rows: number, columns: number): Generator<Part, void> {
  for (let start = 0; start < columns; start += BLOCK_COLUMNS) {
    const count = Math.min(BLOCK_COLUMNS, columns - start);
    for (let top = 0; top < rows; top += BLOCK_ROWS) yield { top, rows: Math.min(BLOCK_ROWS, rows - top), start, count };
  }
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
