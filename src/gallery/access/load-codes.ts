/** A gallery's codes in memory, for searching. */
import { CodeSearch, type CodeSearchOptions } from "../../search/code-search.ts";
import type { FaceFilter, GalleryStore } from "../store/gallery-store.ts";

/** What a search needs about a face besides its code. */
export type FaceOwner = { readonly photograph: number; readonly person: number | null };

export type LoadedCodes = { readonly index: CodeSearch; readonly owners: Map<number, FaceOwner> };

export async function loadCodes(
  store: GalleryStore,
  filter: FaceFilter = {},
  options: Pick<CodeSearchOptions, "threads"> = {},
): Promise<LoadedCodes> {
  const dimensions = (await store.identity())?.dimensions ?? 128;
  const loaded: LoadedCodes = { index: await CodeSearch.create({ dimensions, ...options }), owners: new Map() };
  await addFaces(store, filter, loaded);
  return loaded;
}

/**
 * Updates a loaded index to the gallery's current state. Only the codes of new faces and of faces that moved to another
 * photograph are read: the others do not change while the gallery's identity stays the same. Concurrent searches are allowed.
 */
export async function refreshCodes(store: GalleryStore, loaded: LoadedCodes): Promise<void> {
  const { index, owners } = loaded;
  const gone = new Set(owners.keys());
  const added: number[] = [];
  for await (const { ids, photographs, people } of store.owners()) {
    for (const [i, id] of ids.entries()) {
      const isSame = owners.get(id)?.photograph === photographs[i]; // a face moved to another photograph has a new code
      if (isSame && gone.delete(id)) owners.set(id, { photograph: photographs[i] as number, person: people[i] ?? null });
      else added.push(id);
    }
  }
  index.remove(gone);
  for (const id of gone) owners.delete(id);
  if (added.length > 0) await addFaces(store, { ids: added }, loaded);
}

async function addFaces(store: GalleryStore, filter: FaceFilter, { index, owners }: LoadedCodes): Promise<void> {
  for await (const { ids, codes, photographs, people } of store.codes(filter)) {
    index.add(ids, codes);
    for (const [i, id] of ids.entries()) owners.set(id, { photograph: photographs[i] as number, person: people[i] ?? null });
  }
}
