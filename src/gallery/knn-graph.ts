/** The graph that clustering works on: every face with those nearest to it. */
import type { CodeIndex } from "./code-index.ts";

/** Faces searched for at once. */
const BLOCK = 64;

export type KnnGraph = {
  /** [n] the faces, in the order of the other arrays. */
  readonly ids: Float64Array;
  /** Neighbours of each face: as many as were asked for, or all others where there are fewer. */
  readonly k: number;
  /** [n, k] positions in `ids`, nearest first, never the face itself. */
  readonly neighbours: Uint32Array;
  /** [n, k] squared L2, 0 to 4. */
  readonly distances: Float32Array;
};

/**
 * The `k` nearest others of every face, exactly.
 *
 * @param index must not change until the graph is there
 * @param k 1 or more
 * @throws RangeError for k below 1, or when a face was removed meanwhile
 */
export async function knnGraph(index: CodeIndex, wanted: number): Promise<KnnGraph> {
  if (!Number.isInteger(wanted) || wanted < 1) throw new RangeError(`k must be an integer of 1 or more, got ${wanted}`);
  const ids = index.ids();
  const positions = new Map<number, number>();
  for (const [position, id] of ids.entries()) positions.set(id, position);
  const k = Math.max(0, Math.min(wanted, ids.length - 1));
  const neighbours = new Uint32Array(ids.length * k);
  const distances = new Float32Array(ids.length * k);
  const isThere = (id: number) => positions.has(id);
  for (let first = 0; first < ids.length; first += BLOCK) {
    const block = ids.subarray(first, first + BLOCK);
    // One more than wanted: each face finds itself, unless more than k copies of it come first.
    const found = await index.search(
      Array.from(block, (id) => codeOf(index, id)),
      { k: k + 1, where: isThere },
    );
    for (const [i, list] of found.entries()) {
      const others = list.filter(({ id }) => id !== block[i]).slice(0, k);
      if (others.length < k) throw new RangeError("a face was removed while its neighbours were sought");
      for (const [rank, { id, distance }] of others.entries()) {
        neighbours[(first + i) * k + rank] = positions.get(id) as number;
        distances[(first + i) * k + rank] = distance;
      }
    }
  }
  return { ids, k, neighbours, distances };
}

function codeOf(index: CodeIndex, id: number): Int8Array {
  const code = index.code(id);
  if (!code) throw new RangeError(`face ${id} was removed while its neighbours were sought`);
  return code;
}
