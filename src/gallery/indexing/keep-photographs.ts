/** Photographs that come as bytes, kept in a folder, each once, by its content. */
import { createHash } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { FaceNetError, reasonOf } from "../../errors.ts";
import { isImagePath } from "../../image/list-images.ts";

/** What is written and not yet whole ends so; a name that `listImages` passes over. */
const PARTIAL = ".part";

export type KeptPhotograph = { readonly path: string; readonly isNew: boolean };

/**
 * Written beside its place and then put there: after a fall of the machine a photograph is there whole or not at all.
 *
 * @returns where it lies: sha256 of its bytes, the extension of its name
 * @throws FaceNetError OUTPUT_NOT_WRITABLE
 */
export async function keepPhotograph(photograph: Blob, folder: string): Promise<KeptPhotograph> {
  const bytes = new Uint8Array(await photograph.arrayBuffer());
  const hash = createHash("sha256").update(bytes).digest("hex");
  const path = join(folder, hash.slice(0, 2), `${hash}${extensionOf(photograph)}`);
  if (await stat(path).catch(() => undefined)) return { path, isNew: false };
  const partial = join(folder, `.${hash}.${process.pid}${PARTIAL}`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(partial, "w", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file: folder, reason: reasonOf(error) }, error);
  }
  return { path, isNew: true };
}

/** Removes what a process that was killed left half written. */
export async function removePartialPhotographs(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (name.endsWith(PARTIAL)) await rm(join(folder, name), { force: true });
}

/** Of the given name, where it is a plain one; what decides is the content. */
function extensionOf(photograph: Blob): string {
  const extension = photograph instanceof File ? extname(photograph.name).toLowerCase() : "";
  return isImagePath(`x${extension}`) ? extension : ".jpg";
}
