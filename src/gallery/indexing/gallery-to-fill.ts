/** Opens the gallery to add photographs to; a missing one is created once there is something to add. */
import { FaceNetError } from "../../errors.ts";
import type { FaceNetOptions } from "../../faces/facenet.ts";
import type { RunContext } from "../../faces/run-context.ts";
import type { ListOptions } from "../../image/list-images.ts";
import type { BorrowedGallery, BorrowGallery } from "../access/borrow-gallery.ts";
import type { PhotographFile } from "./photograph-file.ts";
import { requirePhotographs } from "./require-paths.ts";

export type GalleryToFill = {
  readonly gallery: string | undefined;
  /** Files and folders to be added; undefined if the gallery may start empty. */
  readonly paths: readonly PhotographFile[] | undefined;
  readonly models: FaceNetOptions;
  readonly listing?: ListOptions;
};

/**
 * A run that fails for lack of a photograph or a model leaves no empty gallery behind.
 *
 * @throws FaceNetError FOLDER_WITHOUT_PHOTOGRAPHS; every IMAGE_, MODEL_ and GALLERY_ code
 */
export async function galleryToFill(
  { gallery, paths, models, listing }: GalleryToFill,
  { load, borrowGallery }: Pick<RunContext, "load"> & { readonly borrowGallery: BorrowGallery },
): Promise<BorrowedGallery> {
  return borrowGallery(gallery).catch(async (error: unknown) => {
    if (!(error instanceof FaceNetError) || error.code !== "GALLERY_NOT_FOUND") throw error;
    if (paths !== undefined) await requirePhotographs(paths, listing);
    await load(models);
    return borrowGallery(gallery, { create: true });
  });
}
