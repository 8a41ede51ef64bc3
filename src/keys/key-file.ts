/** File of the API keys: written atomically, readable by its owner only. */
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";
import { makeFolder, WholeFile } from "../files/whole-file.ts";
import { KeyFile } from "../schemas/api-key.ts";
import { brokenRule } from "../schemas/broken-rule.ts";

const none: KeyFile = { version: 1, keys: [] };

/** A missing file has no keys. @throws FaceNetError FILE_NOT_READABLE */
export async function readKeys(file: string): Promise<KeyFile> {
  try {
    return KeyFile.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return none;
    throw new FaceNetError("FILE_NOT_READABLE", { file, reason: brokenRule(error) ?? reasonOf(error) }, error);
  }
}

/**
 * Changes the keys under a lock file; a concurrent change is rejected.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE, FILE_NOT_READABLE; what `change` throws
 */
export async function changeKeys(file: string, change: (keys: KeyFile) => KeyFile): Promise<void> {
  await makeFolder(dirname(file));
  const next = await WholeFile.create(file, { mode: 0o600, part: `${file}.new`, exclusive: true });
  try {
    await next.append(`${JSON.stringify(change(await readKeys(file)), undefined, 2)}\n`);
    await next.commit({ durable: true });
  } catch (error) {
    await next.discard();
    throw error;
  }
}

/** Cached keys, reloaded when the file changes, so that a revoked key is invalid at once. */
export class KeyRing {
  readonly #file: string;
  #seen = "";
  #keys: KeyFile = none;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws FaceNetError FILE_NOT_READABLE */
  async keys(): Promise<KeyFile["keys"]> {
    // Synchronous: an asynchronous call would queue for a thread behind image decoding. Takes a few microseconds.
    const info = statSync(this.#file, { throwIfNoEntry: false });
    const state = info ? `${info.ino} ${info.mtimeMs} ${info.size}` : "none";
    if (state !== this.#seen) {
      this.#keys = info ? await readKeys(this.#file) : none;
      this.#seen = state;
    }
    return this.#keys.keys;
  }
}
