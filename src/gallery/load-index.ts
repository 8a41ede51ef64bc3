/** The codes of a gallery in memory, ready to be searched. */
import { CodeIndex, type CodeIndexOptions } from "./code-index.ts";
import type { FaceFilter, GalleryStore } from "./gallery-store.ts";

/** What a search needs to know of a face besides its code. */
export type FaceOwner = { readonly photograph: number; readonly person: number | null };

export type LoadedIndex = { readonly index: CodeIndex; readonly owners: ReadonlyMap<number, FaceOwner> };

const PORTION = 8192;

export async function loadIndex(
  store: GalleryStore,
  filter: FaceFilter = {},
  options: Pick<CodeIndexOptions, "threads"> = {},
): Promise<LoadedIndex> {
  const dimensions = (await store.identity())?.dimensions ?? 128;
  const index = await CodeIndex.create({ dimensions, ...options });
  const owners = new Map<number, FaceOwner>();
  let ids: number[] = [];
  let codes = new Int8Array(PORTION * dimensions);
  const flush = () => {
    index.add(ids, codes.subarray(0, ids.length * dimensions));
    ids = [];
    codes = new Int8Array(PORTION * dimensions);
  };
  for await (const { id, code, photograph, person } of store.faces(filter)) {
    codes.set(code, ids.length * dimensions);
    ids.push(id);
    owners.set(id, { photograph, person });
    if (ids.length === PORTION) flush();
  }
  if (ids.length > 0) flush();
  return { index, owners };
}
