/** The codes of a gallery in memory, ready to be searched. */
import { CodeIndex, type CodeIndexOptions } from "./code-index.ts";
import type { FaceFilter, GalleryStore } from "./gallery-store.ts";

/** What a search needs to know of a face besides its code. */
export type FaceOwner = { readonly photograph: number; readonly person: number | null };

export type LoadedIndex = { readonly index: CodeIndex; readonly owners: ReadonlyMap<number, FaceOwner> };

export async function loadIndex(
  store: GalleryStore,
  filter: FaceFilter = {},
  options: Pick<CodeIndexOptions, "threads"> = {},
): Promise<LoadedIndex> {
  const dimensions = (await store.identity())?.dimensions ?? 128;
  const index = await CodeIndex.create({ dimensions, ...options });
  const owners = new Map<number, FaceOwner>();
  for await (const { ids, codes, photographs, people } of store.codes(filter)) {
    index.add(ids, codes);
    for (const [i, id] of ids.entries()) owners.set(id, { photograph: photographs[i] as number, person: people[i] ?? null });
  }
  return { index, owners };
}
