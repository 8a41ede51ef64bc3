/** Files that are there whole or not at all, whenever the program or the machine stops. */
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";

/**
 * Writes FILE.part, waits until the disk has it, and renames it. What was there before stays until then, and stays
 * where writing fails.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE, for a full disk too
 */
export async function writeDurably(file: string, data: Uint8Array | string): Promise<void> {
  const part = `${file}.part`;
  try {
    {
      await using handle = await open(part, "w");
      await handle.writeFile(data);
      await handle.sync();
    }
    await rename(part, file);
    await using folder = await open(dirname(file));
    await folder.sync().catch(() => undefined); // some file systems cannot; the rename is atomic all the same
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    const reason = (error as NodeJS.ErrnoException).code ?? reasonOf(error);
    throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file, reason }, error);
  }
}
