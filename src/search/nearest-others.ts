/** Rows of a k-NN graph: for some faces of an index, those nearest to them. */
import { CodeSearch } from "./code-search.ts";

/** Faces searched for at once. */
const BLOCK = 64;

/** Codes alongside each other, as threads share them. */
export type SharedCodes = { readonly codes: Int8Array; readonly dimensions: number };

export type NearestOthers = {
  /** [last - first, k] row numbers, nearest first, of equally far ones the smaller first; never the face itself */
  readonly neighbours: Uint32Array;
  /** [last - first, k] squared L2, 0 to 4 */
  readonly distances: Float32Array;
};

export type NearestOthersOptions = {
  readonly first: number;
  readonly last: number;
  /** fewer than there are codes */
  readonly k: number;
  /** Called after every few faces with how many they were. @returns false to stop */
  readonly onDone?: (faces: number) => boolean;
};

/** @returns undefined when it was stopped */
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
      // One more than wanted: each face finds itself, unless more than k copies of it come first.
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
