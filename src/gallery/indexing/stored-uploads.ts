/** Stores uploaded photographs in a folder, once per content, under their own names. */
import { createHash } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { makeFolder, writeWhole } from "../../files/whole-file.ts";
import { isImagePath } from "../../image/list-images.ts";
import { readSource } from "../../image/read-source.ts";
import { imageName, type NamedBytes } from "../../schemas/image-source.ts";

/** Extension of incomplete files; `listImages` skips them. */
const PARTIAL = ".part";

export type StoredUpload = { readonly path: string; readonly isNew: boolean };

/**
 * Stores a photograph, durably: after a power failure the file is complete or does not exist.
 *
 * @returns its path: a folder named after the sha256 of its bytes, containing the photograph under its own name
 * @throws FaceNetError OUTPUT_NOT_WRITABLE
 */
export async function storeUpload(photograph: Blob | NamedBytes, folder: string): Promise<StoredUpload> {
  const bytes = await readSource(photograph, imageName(photograph));
  const hash = createHash("sha256").update(bytes).digest("hex");
  const within = join(folder, hash.slice(0, 2), hash);
  const known = (await readdir(within).catch(() => [])).sort()[0];
  if (known !== undefined) return { path: join(within, known), isNew: false };
  const extension = extensionOf(photograph);
  const unnamed = join(folder, hash.slice(0, 2), `${hash}${extension}`); // as stored by earlier versions
  if (await stat(unnamed).catch(() => undefined)) return { path: unnamed, isNew: false };
  const path = join(within, `${stemOf(photograph)}${extension}`);
  const partial = join(folder, `.${hash}.${process.pid}${PARTIAL}`);
  await makeFolder(dirname(path));
  await writeWhole(path, bytes, { mode: 0o600, part: partial, durable: true });
  return { path, isNew: true };
}

/** Removes incomplete files left by killed processes. */
export async function removePartialUploads(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (name.endsWith(PARTIAL)) await rm(join(folder, name), { force: true });
}

/** Maximum file name length in bytes that every file system accepts, with room for the extension. */
const STEM_BYTES = 180;

/** The name without folders, extension and characters invalid in file names; "photograph" if nothing is left. */
function stemOf(photograph: Blob | NamedBytes): string {
  const name = "name" in photograph ? String(photograph.name).normalize("NFC") : "";
  const base = name.split(/[\\/]/).at(-1) ?? "";
  const stem = base
    .slice(0, base.length - extname(base).length)
    .toWellFormed()
    .replace(/[\p{C}<>:"|?*]/gu, "")
    .replace(/^[.\s]+|[.\s]+$/g, "");
  let short = stem;
  while (Buffer.byteLength(short) > STEM_BYTES) short = [...short].slice(0, -1).join("");
  return short === "" ? "photograph" : short;
}

/** Extension of the given name, if it is plain; the format is determined by content. */
function extensionOf(photograph: Blob | NamedBytes): string {
  const extension = "name" in photograph ? extname(String(photograph.name)).toLowerCase() : "";
  return isImagePath(`x${extension}`) ? extension : ".jpg";
}
