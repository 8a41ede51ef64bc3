/** Paths of this machine that a request may name: those below folders that were allowed when the server was started. */
import { realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { FaceNetError } from "../errors.ts";

/**
 * Links are followed first, so that none leads out of the folders.
 *
 * @returns the paths as they really are
 * @throws FaceNetError OPTION_INVALID, the same for a path that is not there and one that is not allowed
 */
export async function allowedPaths(paths: readonly string[], folders: readonly string[]): Promise<string[]> {
  const roots = await Promise.all(folders.map((folder) => realpath(resolve(folder)).catch(() => undefined)));
  return Promise.all(
    paths.map(async (path) => {
      const real = await realpath(resolve(path)).catch(() => undefined);
      const isBelow = roots.some(
        (root) => root !== undefined && real !== undefined && `${real}${sep}`.startsWith(root.endsWith(sep) ? root : root + sep),
      );
      if (real !== undefined && isBelow) return real;
      const reason = `${path} is in none of the folders that this server may index; --folders names them`;
      throw new FaceNetError("OPTION_INVALID", { option: "paths", reason });
    }),
  );
}
