/** The file that API keys are kept in. It is written whole or not at all, and for its owner alone. */
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";
import { KeyFile } from "../schemas/api-key.ts";

const none: KeyFile = { version: 1, keys: [] };

/** @throws FaceNetError FILE_NOT_READABLE; a file that is not there has no keys */
export async function readKeys(file: string): Promise<KeyFile> {
  try {
    return KeyFile.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return none;
    throw new FaceNetError("FILE_NOT_READABLE", { file, reason: reasonOf(error).split("\n")[0] }, error);
  }
}

/**
 * One change of the keys at a time: whoever comes second is refused.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE, FILE_NOT_READABLE; what `change` throws
 */
export async function changeKeys(file: string, change: (keys: KeyFile) => KeyFile): Promise<void> {
  const next = `${file}.new`;
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(next, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "EEXIST" ? `${next} is there: another command is at work, or one was killed` : error.message;
    throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file, reason }, error);
  });
  try {
    await handle.writeFile(`${JSON.stringify(change(await readKeys(file)), undefined, 2)}\n`);
    await handle.sync();
    await handle.close();
    await rename(next, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(next, { force: true });
    throw error;
  }
}

/** The keys as the file has them now: read again when it has changed, so that a revoked key ends at once. */
export class KeyRing {
  readonly #file: string;
  #seen = "";
  #keys: KeyFile = none;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws FaceNetError FILE_NOT_READABLE */
  async keys(): Promise<KeyFile["keys"]> {
    const info = await stat(this.#file).catch(() => undefined);
    const state = info ? `${info.ino} ${info.mtimeMs} ${info.size}` : "none";
    if (state !== this.#seen) {
      this.#keys = info ? await readKeys(this.#file) : none;
      this.#seen = state;
    }
    return this.#keys.keys;
  }
}
