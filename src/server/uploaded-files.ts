/** Photographs uploaded for the gallery, as files that it can keep. */
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { storeUpload } from "../gallery/indexing/stored-uploads.ts";
import type { OperationContext } from "../operations/operation.ts";
import type { NamedBytes, NamedFile } from "../schemas/image-source.ts";

type Keeping = {
  readonly settings: { readonly photographsFolder?: string; readonly gallery?: string | undefined };
  readonly context: OperationContext;
};

/**
 * Stores photographs in the server's folder and runs `work` on the files, which keep their uploaded names. New files that are not
 * in the gallery afterwards, such as damaged ones, are removed.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; as `work`
 */
export async function withStoredFiles<T>(
  photographs: readonly NamedBytes[],
  { settings, context }: Keeping,
  work: (files: readonly NamedFile[]) => Promise<T>,
): Promise<T> {
  const folder = resolve(String(settings.photographsFolder));
  const files: NamedFile[] = [];
  const added: string[] = [];
  for (const photograph of photographs) {
    const { path, isNew } = await storeUpload(photograph, folder);
    files.push({ name: photograph.name, path });
    if (isNew) added.push(path);
  }
  try {
    return await work(files);
  } finally {
    // Files of an aborted request are kept: a retry may already use them.
    if (added.length > 0 && !context.signal.aborted) await removeUnknown(added, { settings, context }).catch(() => undefined);
  }
}

async function removeUnknown(paths: readonly string[], { settings, context }: Keeping) {
  await inGallery(context, settings.gallery, async (store) => {
    for (const path of paths) if (typeof (await store.knownFile(path))?.photograph !== "number") await rm(path, { force: true });
  });
}
