/**
 * Dot products of many byte codes with a few probes, in ONNX Runtime: one MatMulInteger, of which only the maximum
 * of every eight rows is returned. The runtime copies its outputs, and scanning every product in
 * TypeScript would take longer than the multiplication; one comparison rules out nearly all blocks.
 *
 * Codes are stored plus 128, as unsigned bytes: processors multiply unsigned by signed bytes fastest. The term that the
 * 128 adds to a product depends only on the probe.
 *
 * Measured on two cores with AVX-512 VNNI, onnxruntime-node 1.30, 1,000,000 codes of 128 bytes, the product alone on
 * one thread, for one and sixteen probes: u8s8 9 and 18 ms, u8u8 16 and 33, s8s8 22 and 143, Cast and float 44 and 59.
 */

import { GraphBuilder } from "../engine/graph/graph-builder.ts";
import { type DenseTensor, OnnxNetwork } from "../engine/onnx-network.ts";
import { FaceNetError } from "../errors.ts";
import { BLOCK_ROWS } from "./code-rows.ts";

/**
 * Probe type: signed bytes, or unsigned bytes (plus 128) with a zero point of 128. x86 processors
 * with AVX2 but without VNNI add pairs of u8s8 products in 16 bits, which overflow; u8u8 is exact on all of them.
 */
export const kernels = ["u8s8", "u8u8"] as const;
export type Kernel = (typeof kernels)[number];

export type BlockMaximaOptions = {
  readonly dimensions: number;
  /** Threads of one run; 0: chosen by the runtime. */
  readonly threads: number;
};

export class BlockMaxima {
  readonly kernel: Kernel;
  readonly #dimensions: number;
  readonly #network: OnnxNetwork;

  private constructor(kernel: Kernel, dimensions: number, network: OnnxNetwork) {
    this.kernel = kernel;
    this.#dimensions = dimensions;
    this.#network = network;
  }

  /** Uses the fastest kernel that is exact on this machine. */
  static async create(options: BlockMaximaOptions): Promise<BlockMaxima> {
    for (const kernel of kernels) {
      const maxima = await BlockMaxima.of(kernel, options);
      if (await maxima.isExact()) return maxima;
      await maxima.dispose();
    }
    throw new FaceNetError("INTERNAL", { reason: "no integer product of ONNX Runtime is exact on this processor" });
  }

  static async of(kernel: Kernel, { dimensions, threads }: BlockMaximaOptions): Promise<BlockMaxima> {
    const network = await OnnxNetwork.create(blockMaximaGraph(kernel, dimensions), { threads, spin: false });
    return new BlockMaxima(kernel, dimensions, network);
  }

  /** Converts probes to the input of {@link compute}. @param probes each [dimensions] */
  prepare(probes: readonly Int8Array[]): DenseTensor {
    const [matrix, shift] =
      this.kernel === "u8s8"
        ? [new Int8Array(this.#dimensions * probes.length), 0]
        : [new Uint8Array(this.#dimensions * probes.length), 128];
    for (const [column, probe] of probes.entries())
      for (let i = 0; i < probe.length; i++) matrix[i * probes.length + column] = (probe[i] as number) + shift;
    return { data: matrix, dims: [this.#dimensions, probes.length] };
  }

  /**
   * Largest product of each block of rows with each probe.
   *
   * @param codes [rows, dimensions] every value plus 128; rows a multiple of {@link BLOCK_ROWS}
   * @param probes from {@link prepare}
   * @returns [probes, rows / BLOCK_ROWS] largest sums of (code + 128) * probe
   */
  async compute(codes: Uint8Array, probes: DenseTensor): Promise<Int32Array> {
    const dims = [codes.length / this.#dimensions, this.#dimensions];
    const shape = { data: BigInt64Array.of(-1n, BigInt(BLOCK_ROWS), BigInt(probes.dims[1] as number)), dims: [3] };
    const { maxima } = await this.#network.run<Int32Array>({ codes: { data: codes, dims }, probes, shape });
    return (maxima as DenseTensor<Int32Array>).data;
  }

  /** Whether the largest possible products, of either sign, are computed exactly. */
  async isExact(): Promise<boolean> {
    const codes = new Uint8Array(4 * BLOCK_ROWS * this.#dimensions).fill(255);
    for (const extreme of [127, -128]) {
      const probe = new Int8Array(this.#dimensions).fill(extreme);
      for (const count of [1, 16]) {
        const probes = this.prepare(Array.from({ length: count }, () => probe));
        const maxima = await this.compute(codes, probes);
        if (!maxima.every((product) => product === 255 * extreme * this.#dimensions)) return false;
      }
    }
    return true;
  }

  async dispose(): Promise<void> {
    await this.#network.dispose();
  }
}

function blockMaximaGraph(kernel: Kernel, dimensions: number): Uint8Array {
  const graph = new GraphBuilder();
  const zeroPoints = kernel === "u8s8" ? [] : ["", graph.byte(128)];
  const products = graph.op("MatMulInteger", ["codes", "probes", ...zeroPoints]);
  const maxima = graph.op("ReduceMax", [graph.op("Reshape", [products, "shape"])], { axes: [1], keepdims: 0 });
  graph.op("Transpose", [maxima], { perm: [1, 0] }, "maxima");
  return graph.build(
    {
      codes: { shape: ["rows", dimensions], type: "uint8" },
      probes: { shape: [dimensions, "probes"], type: kernel === "u8s8" ? "int8" : "uint8" },
      shape: { shape: [3], type: "int64" },
    },
    { maxima: { shape: ["probes", "blocks"], type: "int32" } },
  );
}
