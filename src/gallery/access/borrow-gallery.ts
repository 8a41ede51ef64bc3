/** Opening a gallery for the duration of one operation. */

import type { SearchMethod } from "../../schemas/options.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { type FaceSearch, openFaceSearch } from "./face-search.ts";
import { type OpenGalleryOptions, openGallery } from "./open-gallery.ts";

/** Given back at the end of an `await using`. */
export type BorrowedGallery = AsyncDisposable & {
  /** The borrower must not close it. */
  readonly store: GalleryStore;
  /** Searches the gallery's current faces; closed when the gallery is given back. */
  readonly search: (method: SearchMethod) => Promise<FaceSearch>;
};

/**
 * Lends a gallery until the borrower gives it back.
 *
 * @param name default: the user's own
 * @throws FaceNetError as {@link openGallery}
 */
export type BorrowGallery = (name: string | undefined, options?: OpenGalleryOptions) => Promise<BorrowedGallery>;

/**
 * Runs `work` on a gallery, then gives it back.
 *
 * @param options.create create it if it does not exist
 * @throws FaceNetError as {@link openGallery}; GALLERY_NOT_FOUND without `create`
 */
export async function inGallery<T>(
  { borrowGallery: borrow }: { readonly borrowGallery: BorrowGallery },
  name: string | undefined,
  work: (store: GalleryStore) => Promise<T>,
  options: OpenGalleryOptions = {},
): Promise<T> {
  await using gallery = await borrow(name, options);
  return await work(gallery.store);
}

/** {@link inGallery} with a search over its faces. */
export async function inSearchedGallery<T>(
  { borrowGallery: borrow }: { readonly borrowGallery: BorrowGallery },
  name: string | undefined,
  work: (store: GalleryStore, search: FaceSearch) => Promise<T>,
): Promise<T> {
  await using gallery = await borrow(name);
  return await work(gallery.store, await gallery.search("auto"));
}

/** Opens a gallery for a single use: giving it back closes it. @throws FaceNetError as {@link openGallery} */
export async function borrowGallery(name: string | undefined, options: OpenGalleryOptions = {}): Promise<BorrowedGallery> {
  const store = await openGallery(name, options);
  return lend(
    store,
    (method) => openFaceSearch(store, method),
    () => store.close(),
  );
}

/** @param giveBack called once, after the searches are closed */
export function lend(
  store: GalleryStore,
  open: (method: SearchMethod) => Promise<FaceSearch>,
  giveBack: () => Promise<void>,
): BorrowedGallery {
  const searches: FaceSearch[] = [];
  return {
    store,
    search: async (method) => {
      const search = await open(method);
      searches.push(search);
      return search;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(searches.map((search) => search.close()));
      await giveBack();
    },
  };
}
