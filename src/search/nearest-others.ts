/** Rows of a k-NN graph: the nearest neighbours of some faces of an index. */
import { CodeSearch } from "./code-search.ts";

/** Faces per search. */
const BLOCK = 64;

/** Codes in memory shared by threads. */
export type SharedCodes = { readonly codes: Int8Array; readonly dimensions: number };

export type NearestOthers = {
  /** [last - first, k] row numbers, nearest first, equal distances by ascending row; never the face itself */
  readonly neighbours: Uint32Array;
  /** [last - first, k] squared L2, 0 to 4 */
  readonly distances: Float32Array;
};

export type NearestOthersOptions = {
  readonly first: number;
  readonly last: number;
  /** less than the number of codes */
  readonly k: number;
  /** Called after each batch of faces with its size. @returns false to stop */
  readonly onDone?: (faces: number) => boolean;
};

/** @returns undefined if stopped */
export async function nearestOthers(
  { codes, dimensions }: SharedCodes,
  { first, last, k, onDone }: NearestOthersOptions,
): Promise<NearestOthers | undefined> {
  const index = await CodeSearch.create({ dimensions, threads: 1 });
  const size = codes.length / dimensions;
  index.add(
    Array.from({ length: size }, (_, row) => row),
    codes,
  );
  const neighbours = new Uint32Array((last - first) * k);
  const distances = new Float32Array((last - first) * k);
  try {
    for (let row = first; row < last; row += BLOCK) {
      const count = Math.min(BLOCK, last - row);
      const probes = Array.from({ length: count }, (_, i) => codes.subarray((row + i) * dimensions, (row + i + 1) * dimensions));
      // One more than k: each face finds itself, unless more than k duplicates precede it.
      for (const [i, list] of (await index.search(probes, { k: k + 1 })).entries()) {
        let at = (row + i - first) * k;
        const end = at + k;
        for (const { id, distance } of list) {
          if (id === row + i || at === end) continue;
          neighbours[at] = id;
          distances[at++] = distance;
        }
      }
      if (onDone?.(count) === false) return undefined;
    }
    return { neighbours, distances };
  } finally {
    await index.dispose();
  }
}
