/** Selects search results from the block maxima of a chunk's rows. */
import { BLOCK_ROWS, CHUNK_ROWS, type Chunk } from "./code-rows.ts";
import type { Selection } from "./selection.ts";

/** State of one probe during a search. */
export type Sought = {
  /** [dimensions] */
  readonly probe: Int8Array;
  /** Squared length of the probe. */
  readonly squares: number;
  /** Term added to its products because codes are stored plus 128. */
  readonly offset: number;
  readonly selection: Selection;
};

/** Number of rows in use; rows of a chunk are filled from the start. */
export type Slab = { readonly chunk: Chunk; readonly rows: number };

const CHUNK_BLOCKS = CHUNK_ROWS / BLOCK_ROWS;
/** Cosines are sorted in steps of 2^-24. */
const STEPS = 2 ** 24;
/** More than the rounding error of a cosine, and less than one step. */
const SLACK = 1e-9;
/** A search without a limit so far examines these shares of the blocks in turn, most promising first. */
const SHARES = [1 / 64, 1 / 16, 1 / 4];
/** Number of blocks from which the shares are estimated. */
const SAMPLE = 256;

// Scratch memory for one probe at a time; used synchronously only.
const promising = new Float64Array(CHUNK_BLOCKS);
const sample = new Float64Array(SAMPLE);

/**
 * Offers the rows of a slab to the selections. A block's largest product and shortest code bound the cosine of
 * its rows: blocks that cannot contain a near enough row are skipped, the others are examined by decreasing
 * bound, so that the limit soon excludes the remaining ones.
 *
 * @param maxima [sought, blocks] the largest product of each block with each probe
 */
export function selectRows(slab: Slab, maxima: Int32Array, sought: readonly Sought[], isWanted: (id: number) => boolean): void {
  const blocks = Math.ceil(slab.rows / BLOCK_ROWS);
  const inverses = inversesOf(slab.chunk, blocks);
  for (const [i, one] of sought.entries()) {
    const theirs = maxima.subarray(i * blocks, (i + 1) * blocks);
    let upper = Number.POSITIVE_INFINITY;
    for (const tier of tiersOf(slab, theirs, one)) {
      // With a limit, all remaining blocks are examined together: there are few.
      const lower = Number.isFinite(one.selection.limit) ? Number.NEGATIVE_INFINITY : tier;
      const count = findBetween(lower, upper, slab.chunk, inverses, theirs, one);
      selectBest(count, slab, one, isWanted);
      if (lower === Number.NEGATIVE_INFINITY) break;
      upper = lower;
    }
  }
}

type Inverses = { readonly largest: number; readonly smallest: number };

/** Bounds over all blocks: loose, but independent of the block. */
function inversesOf({ largestInverse, smallestInverse }: Chunk, blocks: number): Inverses {
  let [largest, smallest] = [0, Number.POSITIVE_INFINITY];
  for (let block = 0; block < blocks; block++) {
    largest = Math.max(largest, largestInverse[block] as number);
    smallest = Math.min(smallest, smallestInverse[block] as number);
  }
  return { largest, smallest };
}

/** Upper bound of the cosine of the block's rows with the probe, scaled by the probe's length. */
function boundOf(chunk: Chunk, block: number, maximum: number, offset: number): number {
  const dot = maximum - offset;
  return dot * ((dot > 0 ? chunk.largestInverse[block] : chunk.smallestInverse[block]) as number);
}

/** Descending bounds between which blocks are examined together. A single interval if there is a limit already. */
function tiersOf({ chunk }: Slab, maxima: Int32Array, { offset, selection }: Sought): number[] {
  const all = Number.NEGATIVE_INFINITY;
  if (Number.isFinite(selection.limit) || maxima.length <= SAMPLE) return [all];
  for (let i = 0; i < SAMPLE; i++) {
    const block = Math.floor((i * maxima.length) / SAMPLE);
    sample[i] = boundOf(chunk, block, maxima[block] as number, offset);
  }
  sample.sort();
  return [...SHARES.map((share) => sample[SAMPLE - Math.ceil(SAMPLE * share)] as number), all];
}

/** Collects the blocks with bounds from `lower` to below `upper` that may contain results. @returns their number */
function findBetween(
  lower: number,
  upper: number,
  chunk: Chunk,
  { largest, smallest }: Inverses,
  maxima: Int32Array,
  one: Sought,
): number {
  const { offset } = one;
  const length = Math.sqrt(one.squares);
  const lowest = Math.max(lower, lowestCosine(one) * length);
  const floor = offset - 1 + lowest / (lowest > 0 ? largest : smallest); // minus 1 for rounding
  let count = 0;
  for (let block = 0; block < maxima.length; block++) {
    const maximum = maxima[block] as number;
    if (maximum < floor) continue; // nearly all blocks, after one comparison
    const bound = boundOf(chunk, block, maximum, offset);
    if (bound < lowest || bound >= upper) continue;
    // Above 1 if the row with the largest product is not the shortest: the order of such blocks means little.
    promising[count++] = block + CHUNK_BLOCKS * Math.floor((Math.min(1, bound / length) + 2) * STEPS);
  }
  return count;
}

/** Examines the collected blocks by decreasing bound, while they can contain results. */
function selectBest(count: number, slab: Slab, one: Sought, isWanted: (id: number) => boolean): void {
  const sorted = promising.subarray(0, count).sort();
  for (let place = count - 1; place >= 0; place--) {
    const entry = sorted[place] as number;
    if ((Math.floor(entry / CHUNK_BLOCKS) + 1) / STEPS - 2 < lowestCosine(one)) break;
    selectBlock(slab, (entry % CHUNK_BLOCKS) * BLOCK_ROWS, one, isWanted);
  }
}

/** Cosine of the farthest row that the selection would still keep. */
function lowestCosine({ selection }: Sought): number {
  return selection.limit >= 4 ? Number.NEGATIVE_INFINITY : 1 - selection.limit / 2 - SLACK;
}

function selectBlock(
  { chunk, rows }: Slab,
  first: number,
  { probe, squares, offset, selection }: Sought,
  isWanted: (id: number) => boolean,
): void {
  const end = Math.min(first + BLOCK_ROWS, rows);
  for (let row = first; row < end; row++) {
    const dot = productOf(chunk.codes, row * probe.length, probe) - offset;
    const distance = distanceOf(dot, chunk.squares[row] as number, squares);
    if (distance > selection.limit) continue;
    const id = chunk.ids[row] as number;
    if (!Number.isNaN(id) && isWanted(id)) selection.offer(id, distance);
  }
}

/** Distance of two codes from their dot product and squared lengths; bit-identical to `codeDistance`. */
export function distanceOf(dot: number, squares: number, otherSquares: number): number {
  return Math.min(4, Math.max(0, 2 - (2 * dot) / Math.sqrt(squares * otherSquares)));
}

/** Product of a probe with the code that begins at `start`. Unrolled by four: half the time. */
export function productOf(codes: Uint8Array, start: number, probe: Int8Array): number {
  const whole = probe.length & ~3;
  let sum = 0;
  for (let i = 0; i < whole; i += 4) {
    const first = Math.imul(codes[start + i] as number, probe[i] as number);
    const second = Math.imul(codes[start + i + 1] as number, probe[i + 1] as number);
    const third = Math.imul(codes[start + i + 2] as number, probe[i + 2] as number);
    const fourth = Math.imul(codes[start + i + 3] as number, probe[i + 3] as number);
    sum = (sum + first + second + third + fourth) | 0;
  }
  for (let i = whole; i < probe.length; i++) sum += Math.imul(codes[start + i] as number, probe[i] as number);
  return sum;
}
