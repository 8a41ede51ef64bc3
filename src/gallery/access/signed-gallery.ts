/** Galleries whose journal records the author of each change. */
import { userInfo } from "node:os";
import type { GalleryStore } from "../store/gallery-store.ts";
import type { BorrowGallery } from "./borrow-gallery.ts";

/** Lends galleries that sign changes to people. @param by system user, or name of the API key; null: unknown */
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

/** Name of the system user; null if there is none, as in some containers. */
export function machineUser(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}
