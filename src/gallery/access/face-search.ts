/**
 * Face search in a gallery, in one of two ways: comparing every face in memory (exact, once all codes have been
 * read), or the database's own index (nothing to read first; approximate).
 */
import { FaceNetError } from "../../errors.ts";
import type { SearchMethod } from "../../schemas/options.ts";
import type { IdFilter } from "../../search/code-search.ts";
import type { Neighbour } from "../../search/selection.ts";
import type { FaceFilter, FoundFace, GalleryStore, HnswIndex } from "../store/gallery-store.ts";
import { type LoadedCodes, loadCodes } from "./load-codes.ts";

/** Number of faces from which an available index is used (docs/decisions/0006-postgresql.md). */
const INDEX_FROM_FACES = 50_000;
/** Faces requested first in a range search, and the growth factor while all of them are within the distance. */
const FIRST_WITHIN = 200;
const MORE_WITHIN = 4;

export type FaceSearch = {
  readonly method: Exclude<SearchMethod, "auto">;
  /**
   * The nearest faces of each probe, nearest first.
   *
   * @param options.k maximum number of faces
   * @param options.filter default: all faces
   */
  nearest(
    probes: readonly Int8Array[],
    options: { readonly k: number; readonly filter?: FaceFilter | undefined },
  ): Promise<FoundFace[][]>;
  /** All faces within a distance of each probe, nearest first. @param options.distance squared L2, 0 to 4 */
  within(
    probes: readonly Int8Array[],
    options: { readonly distance: number; readonly filter?: FaceFilter | undefined },
  ): Promise<FoundFace[][]>;
  /** Frees the codes that were read. */
  readonly close: () => Promise<void>;
};

/**
 * @param method auto: the HNSW index, if there is one with many faces
 * @throws FaceNetError OPTION_INVALID for an index that is not there
 */
export async function openFaceSearch(store: GalleryStore, method: SearchMethod = "auto"): Promise<FaceSearch> {
  const hnswIndex = await chosenHnswIndex(store, method);
  if (hnswIndex) return hnswSearch(hnswIndex);
  const loaded = await loadCodes(store);
  return exactSearch(store, loaded, () => loaded.index.dispose());
}

/**
 * The HNSW index to search; undefined for exact search.
 *
 * @throws FaceNetError OPTION_INVALID for an index that is not there
 */
export async function chosenHnswIndex(store: GalleryStore, method: SearchMethod): Promise<HnswIndex | undefined> {
  const { hnswIndex } = store;
  if (method === "index" && !hnswIndex)
    throw new FaceNetError("OPTION_INVALID", {
      option: "search",
      reason: `index requires a gallery on a PostgreSQL server with pgvector 0.8 or later, which ${store.name} is not; use exact`,
    });
  const isWanted = method === "index" || (method === "auto" && hnswIndex && (await hnswIndex.size()) >= INDEX_FROM_FACES);
  return isWanted ? hnswIndex : undefined;
}

/** Compares every loaded face. @param close called when the search is closed */
export function exactSearch(store: GalleryStore, { index, owners }: LoadedCodes, close: () => Promise<void>): FaceSearch {
  const withOwners = (found: readonly Neighbour[][]): FoundFace[][] =>
    found.map((neighbours) =>
      neighbours.flatMap((neighbour) => {
        const owner = owners.get(neighbour.id);
        return owner ? { ...neighbour, ...owner } : []; // removed during the search
      }),
    );
  return {
    method: "exact",
    async nearest(probes, { k, filter }) {
      return withOwners(await index.search(probes, { k, where: await passing(store, owners, filter) }));
    },
    async within(probes, { distance, filter }) {
      return withOwners(await index.within(probes, { distance, where: await passing(store, owners, filter) }));
    },
    close,
  };
}

/** Faces that pass a filter: decided by the loaded owners if they suffice, else by the store. */
async function passing(
  store: GalleryStore,
  owners: LoadedCodes["owners"],
  filter: FaceFilter | undefined,
): Promise<IdFilter | undefined> {
  if (!filter) return undefined;
  const { assigned, person, named, ...more } = filter;
  const names = named === undefined ? undefined : await store.names();
  if (Object.values(more).some((condition) => condition !== undefined)) {
    const ids = new Set<number>();
    for await (const portion of store.codes(filter)) for (const id of portion.ids) ids.add(id);
    return ids;
  }
  return (id) => {
    const owner = owners.get(id)?.person ?? null;
    const isNamed = owner !== null && typeof names?.get(owner) === "string";
    return (
      (person === undefined || owner === person) &&
      (assigned === undefined || (owner !== null) === assigned) &&
      (named === undefined || isNamed === named)
    );
  };
}

/** Searches the database's index. */
export function hnswSearch(index: HnswIndex): FaceSearch {
  const each = (probes: readonly Int8Array[], find: (probe: Int8Array) => Promise<FoundFace[]>) => Promise.all(probes.map(find));
  return {
    method: "index",
    nearest: (probes, options) => each(probes, (probe) => index.nearest(probe, options)),
    within: (probes, { distance, filter }) =>
      each(probes, async (probe) => {
        for (let k = FIRST_WITHIN; ; k *= MORE_WITHIN) {
          const found = await index.nearest(probe, { k, filter });
          const near = found.filter((face) => face.distance <= distance);
          if (found.length < k || near.length < found.length) return near;
        }
      }),
    close: async () => undefined,
  };
}
