/**
 * Exact nearest-neighbour search over byte codes, in memory: every probe is compared with every face, in ONNX
 * Runtime. There is no index to build; a face is found as soon as it is added.
 */
import { availableParallelism } from "node:os";
import type { DenseTensor } from "../engine/onnx-network.ts";
import { BlockMaxima } from "./block-maxima.ts";
import { BLOCK_ROWS, CHUNK_ROWS, type Chunk, CodeRows, sumOfSquares } from "./code-rows.ts";
import { freeArray, IdTable } from "./id-table.ts";
import { distanceOf, productOf, type Sought, selectRows } from "./select-rows.ts";
import { AllWithin, NearestK, type Neighbour, type Selection } from "./selection.ts";

/** Products per run, 2 MB: memory of the runtime in addition to the codes. */
const PRODUCTS_A_RUN = 2 ** 19;
/** Probes per run; more are processed in batches. */
const PROBES_A_RUN = 64;
/** If a set of ids is this many times smaller than all rows, its rows are compared one by one. */
const FEW = 64;
/** The largest number for which products of unsigned and signed bytes cannot overflow 32 bits. */
const MAX_DIMENSIONS = 65_536;

export type CodeSearchOptions = {
  /** Bytes of a code, 1 to 65,536. Default 128. */
  readonly dimensions?: number;
  /** Threads of one search. Default: all cores. */
  readonly threads?: number;
};

/** Restricts the search: a set of ids, or a predicate on the id. */
export type IdFilter = ReadonlySet<number> | ((id: number) => boolean);

export class CodeSearch {
  readonly dimensions: number;
  readonly #rows: CodeRows;
  readonly #table: IdTable;
  readonly #maxima: BlockMaxima;
  /** Searches in progress; rows are not moved during a search. */
  #searches = 0;
  /** Rows blanked in the meantime. */
  #blanks: number[] = [];

  private constructor(dimensions: number, maxima: BlockMaxima) {
    this.dimensions = dimensions;
    this.#maxima = maxima;
    this.#rows = new CodeRows(dimensions);
    this.#table = new IdTable((row) => this.#rows.idAt(row));
  }

  /**
   * An empty index.
   *
   * @throws RangeError for dimensions that are not 1 to 65,536
   * @example
   * const index = await CodeSearch.create();
   * index.add([7], embedding.code);
   * const [nearest] = await index.search([probe], { k: 10 }); // [{ id: 7, distance: 0.31 }]
   */
  static async create({ dimensions = 128, threads = availableParallelism() }: CodeSearchOptions = {}): Promise<CodeSearch> {
    if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MAX_DIMENSIONS)
      throw new RangeError(`dimensions must be 1 to ${MAX_DIMENSIONS}, got ${dimensions}`);
    return new CodeSearch(dimensions, await BlockMaxima.create({ dimensions, threads }));
  }

  /** Number of faces. */
  get size(): number {
    return this.#rows.count - this.#blanks.length;
  }

  /**
   * Adds faces: all, or none if one is invalid. Later searches find them.
   *
   * @param ids integers, one per face
   * @param codes [ids.length, dimensions] copied
   * @throws RangeError for codes of another size, a zero code, an id that is already used or not a safe integer
   */
  add(ids: ArrayLike<number>, codes: Int8Array): void {
    if (codes.length !== ids.length * this.dimensions)
      throw new RangeError(`${ids.length} codes of ${this.dimensions} dimensions expected, got ${codes.length} bytes`);
    for (let i = 0; i < ids.length; i++) {
      try {
        this.#addOne(ids[i] as number, codes.subarray(i * this.dimensions, (i + 1) * this.dimensions));
      } catch (error) {
        this.remove(Array.from({ length: i }, (_, added) => ids[added] as number));
        throw error;
      }
    }
  }

  /** Removes faces; unknown ids are ignored. A search in progress may still find them. */
  remove(ids: Iterable<number>): void {
    for (const id of ids) {
      const row = this.#table.rowOf(id);
      if (row === undefined) continue;
      this.#table.delete(id);
      if (this.#searches > 0) {
        this.#rows.blank(row);
        this.#blanks.push(row);
      } else this.#fill(row);
    }
  }

  has(id: number): boolean {
    return this.#table.rowOf(id) !== undefined;
  }

  /** Ids of all faces, in no particular order. */
  ids(): Float64Array {
    const ids = new Float64Array(this.#rows.count);
    for (const [i, chunk] of this.#rows.chunks.entries())
      ids.set(chunk.ids.subarray(0, Math.min(CHUNK_ROWS, ids.length - i * CHUNK_ROWS)), i * CHUNK_ROWS);
    return this.#blanks.length > 0 ? ids.filter((id) => !Number.isNaN(id)) : ids;
  }

  /** Code of a face, [dimensions], or undefined for an unknown id. */
  code(id: number): Int8Array | undefined {
    const row = this.#table.rowOf(id);
    return row === undefined ? undefined : this.#rows.codeAt(row);
  }

  /**
   * The nearest faces of each probe.
   *
   * @param probes each [dimensions]; batches cost less per probe
   * @param options.k maximum number of results, 1 or more
   * @param options.where restricts the search; default: all faces
   * @returns for each probe, nearest first; equal distances by ascending id; distance as in `codeDistance`
   * @throws RangeError for a probe of other dimensions or a zero probe, and for k below 1
   */
  async search(
    probes: readonly Int8Array[],
    { k = 10, where }: { readonly k?: number; readonly where?: IdFilter | undefined } = {},
  ): Promise<Neighbour[][]> {
    if (!(k >= 1)) throw new RangeError(`k must be 1 or more, got ${k}`);
    return this.#select(probes, () => new NearestK(k), where);
  }

  /**
   * All faces within `distance` of each probe.
   *
   * @param options.distance squared L2, 0 to 4
   * @returns as {@link search}
   * @throws RangeError for a probe of other dimensions or a zero probe
   */
  async within(
    probes: readonly Int8Array[],
    { distance, where }: { readonly distance: number; readonly where?: IdFilter | undefined },
  ): Promise<Neighbour[][]> {
    if (Number.isNaN(distance)) throw new RangeError("distance must be a number, got NaN");
    return this.#select(probes, () => new AllWithin(distance), where);
  }

  /** Frees the runtime's memory. No search may be in progress. */
  async dispose(): Promise<void> {
    await this.#maxima.dispose();
  }

  #addOne(id: number, code: Int8Array): void {
    if (!Number.isSafeInteger(id)) throw new RangeError(`id must be an integer up to 2^53 - 1, got ${id}`);
    if (this.has(id)) throw new RangeError(`id ${id} is there already`);
    if (sumOfSquares(code) === 0) throw new RangeError(`id ${id}: a code of zeros has no direction`);
    this.#rows.append(id, code);
    this.#table.set(id, this.#rows.count - 1);
  }

  /** Moves the last row to the position of a removed row. */
  #fill(row: number): void {
    const last = this.#rows.count - 1;
    if (row < last) this.#table.set(this.#rows.idAt(last), row); // before the row that the table refers to is overwritten
    this.#rows.remove(row);
  }

  async #select(probes: readonly Int8Array[], select: () => Selection, where?: IdFilter): Promise<Neighbour[][]> {
    const sought = probes.map((probe) => this.#seek(probe, select()));
    if (typeof where === "object" && where.size * FEW < this.size) this.#lookUp(sought, where);
    else await this.#scan(sought, typeof where === "object" ? (id) => where.has(id) : where);
    return sought.map(({ selection }) => selection.sorted());
  }

  #seek(probe: Int8Array, selection: Selection): Sought {
    if (probe.length !== this.dimensions)
      throw new RangeError(`probes of ${this.dimensions} dimensions expected, got one of ${probe.length}`);
    const squares = sumOfSquares(probe);
    if (squares === 0) throw new RangeError("a probe of zeros has no direction");
    return { probe, squares, offset: 128 * probe.reduce((sum, value) => sum + value, 0), selection };
  }

  /** Compares probes with the faces of a few ids. */
  #lookUp(sought: readonly Sought[], ids: ReadonlySet<number>): void {
    for (const id of ids) {
      const row = this.#table.rowOf(id);
      if (row === undefined) continue;
      const { chunk, at } = this.#rows.place(row);
      for (const { probe, squares, offset, selection } of sought) {
        const dot = productOf(chunk.codes, at * this.dimensions, probe) - offset;
        selection.offer(id, distanceOf(dot, chunk.squares[at] as number, squares));
      }
    }
  }

  /** Compares probes with every face present at the start. */
  async #scan(sought: readonly Sought[], isWanted: (id: number) => boolean = () => true): Promise<void> {
    const { count } = this.#rows;
    this.#searches++;
    try {
      for (let first = 0; first < sought.length; first += PROBES_A_RUN) {
        const some = sought.slice(first, first + PROBES_A_RUN);
        const probes = this.#maxima.prepare(some.map(({ probe }) => probe));
        for (const [i, chunk] of this.#rows.chunks.entries()) {
          const rows = Math.min(CHUNK_ROWS, count - i * CHUNK_ROWS);
          if (rows <= 0) break; // a chunk added in the meantime
          const maxima = await this.#maximaOf(chunk, rows, probes);
          selectRows({ chunk, rows }, maxima, some, isWanted);
          freeArray(maxima);
        }
      }
    } finally {
      this.#searches--;
      if (this.#searches === 0) this.#fillBlanks();
    }
  }

  /** [probes, blocks] largest products of the blocks of a chunk's first rows, computed in runs of bounded size. */
  async #maximaOf({ codes }: Chunk, rows: number, probes: DenseTensor): Promise<Int32Array> {
    const count = probes.dims[1] as number;
    const blocks = Math.ceil(rows / BLOCK_ROWS); // the last block fits into the chunk
    const blocksARun = Math.floor(PRODUCTS_A_RUN / (count * BLOCK_ROWS));
    const blockBytes = BLOCK_ROWS * this.dimensions;
    const all = new Int32Array(count * blocks);
    for (let first = 0; first < blocks; first += blocksARun) {
      const end = Math.min(blocks, first + blocksARun);
      const some = await this.#maxima.compute(codes.subarray(first * blockBytes, end * blockBytes), probes);
      for (let probe = 0; probe < count; probe++)
        all.set(some.subarray(probe * (end - first), (probe + 1) * (end - first)), probe * blocks + first);
      freeArray(some);
    }
    return all;
  }

  /** In descending order: the row that fills a position is then never blank itself. */
  #fillBlanks(): void {
    const blanks = this.#blanks.sort((a, b) => b - a);
    this.#blanks = [];
    for (const row of blanks) this.#fill(row);
  }
}
