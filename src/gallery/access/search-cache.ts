/**
 * A gallery's codes, kept in memory between look-ups and shared by concurrent ones. A look-up sees everything committed before it
 * began, by any process: changes since the previous look-up are read first.
 */
import type { GalleryIdentity } from "../../schemas/gallery.ts";
import type { SearchMethod } from "../../schemas/options.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { chosenHnswIndex, exactSearch, type FaceSearch, hnswSearch } from "./face-search.ts";
import { type LoadedCodes, loadCodes, refreshCodes } from "./load-codes.ts";

type Codes = { readonly identity: GalleryIdentity | undefined; readonly loaded: LoadedCodes };
/** Codes that are at least as new as a revision of the gallery. */
type CachedCodes = { readonly revision: string; readonly codes: Promise<Codes> };

export class SearchCache {
  readonly #store: GalleryStore;
  #kept: CachedCodes | undefined;
  #open = 0;
  /** Codes of a model that the gallery has migrated from; searches may still be using them. */
  #outdated: LoadedCodes[] = [];

  constructor(store: GalleryStore) {
    this.#store = store;
  }

  /**
   * Opens a search over all current faces. The caller closes it.
   *
   * @throws FaceNetError as {@link openFaceSearch}, and as reading the gallery
   */
  async open(method: SearchMethod): Promise<FaceSearch> {
    this.#open++;
    try {
      const index = await chosenHnswIndex(this.#store, method);
      const close = once(() => this.#done());
      return index ? { ...hnswSearch(index), close } : exactSearch(this.#store, await this.#read(), close);
    } catch (error) {
      await this.#done();
      throw error;
    }
  }

  /** Frees the codes. No search may be open. */
  async close(): Promise<void> {
    const codes = await this.#kept?.codes.catch(() => undefined);
    this.#kept = undefined;
    await codes?.loaded.index.dispose();
  }

  async #read(): Promise<LoadedCodes> {
    const revision = await this.#store.revision();
    if (this.#kept?.revision !== revision) this.#kept = { revision, codes: this.#refreshed(this.#kept) };
    const kept = this.#kept;
    try {
      return (await kept.codes).loaded;
    } catch (error) {
      if (this.#kept === kept) this.#kept = undefined;
      throw error;
    }
  }

  /** Updates the kept codes to the current revision, after any read in progress. */
  async #refreshed(kept: CachedCodes | undefined): Promise<Codes> {
    const before = await kept?.codes.catch(() => undefined);
    const identity = await this.#store.identity();
    if (before && isSame(before.identity, identity)) {
      await refreshCodes(this.#store, before.loaded).catch((error: unknown) => {
        this.#outdated.push(before.loaded);
        throw error;
      });
      return before;
    }
    if (before) this.#outdated.push(before.loaded);
    return { identity, loaded: await loadCodes(this.#store) };
  }

  async #done(): Promise<void> {
    this.#open--;
    if (this.#open === 0) await Promise.all(this.#outdated.splice(0).map(({ index }) => index.dispose()));
  }
}

function isSame(a: GalleryIdentity | undefined, b: GalleryIdentity | undefined): boolean {
  return a?.model === b?.model && a?.preprocessing === b?.preprocessing && a?.dimensions === b?.dimensions;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
