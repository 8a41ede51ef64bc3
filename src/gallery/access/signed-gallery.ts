/** Galleries whose journal names who works with them. */
import { userInfo } from "node:os";
import type { GalleryStore } from "../store/gallery-store.ts";
import type { BorrowGallery } from "./borrow-gallery.ts";

/** Lends the same galleries; changes to people bear the name. @param by user of the machine, or name of the API key; null: unknown */
export function signed(borrow: BorrowGallery, by: string | null): BorrowGallery {
  return async (name, options) => {
    const borrowed = await borrow(name, options);
    return { ...borrowed, store: signedStore(borrowed.store, by) };
  };
}

export function signedStore(store: GalleryStore, by: string | null): GalleryStore {
  return {
    ...store,
    correct: (correction, author) => store.correct(correction, { by, ...author }),
    addDrawnFace: (photograph, face, options) => store.addDrawnFace(photograph, face, { by, ...options }),
    openStep: (change, author) => store.openStep(change, { by, ...author }),
    regroup: (groups, options) => store.regroup(groups, { by, ...options }),
  };
}

/** Name of the user of this machine; null where it has none, as in some containers. */
export function machineUser(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}
