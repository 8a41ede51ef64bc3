/** Checks outputs before the work: their folder must be writable, and files are replaced only on request. */
import { access, constants, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";
import { requireWritableFolder } from "../files/whole-file.ts";
import { printable } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

/** A file the command writes, a folder it writes into, or a further file it creates next to them. */
export type Output = { readonly path: string; readonly kind: "file" | "folder" | "further" };

export type ClaimOptions = {
  /** Replaces existing files without asking. */
  readonly force: boolean;
  readonly terminal: Pick<Terminal, "confirm">;
};

/**
 * A folder need not exist; replacing files in it is checked by their writer.
 *
 * @throws FaceNetError OUTPUT_EXISTS for a file that may not be replaced, OUTPUT_NOT_WRITABLE
 */
export async function claimOutputs(outputs: readonly Output[], { force, terminal }: ClaimOptions): Promise<void> {
  for (const { path, kind } of outputs) {
    if (kind === "folder") {
      await requireWritableFolder(path);
      continue;
    }
    const info = await stat(path).catch(() => undefined);
    if (!info && kind === "further") continue;
    if (info && !info.isFile()) continue; // devices and pipes are fine; folders are rejected when opened
    await requireWritable(path, info !== undefined);
    if (!info || force || (await terminal.confirm(`${printable(path)} exists already. Replace it?`))) continue;
    throw new FaceNetError("OUTPUT_EXISTS", { file: path });
  }
}

/** The folder of a new file must exist, so that a mistyped path creates nothing. */
async function requireWritable(file: string, exists: boolean): Promise<void> {
  const folder = dirname(file);
  try {
    await access(exists ? file : folder, constants.W_OK);
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new FaceNetError(
      "OUTPUT_NOT_WRITABLE",
      { file, reason: isAbsent ? "its folder does not exist" : reasonOf(error) },
      error,
    );
  }
  await requireWritableFolder(folder, file);
}
