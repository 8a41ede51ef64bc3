/** Reading files. Unless stated otherwise they throw FILE_NOT_READABLE, which names the file and the reason. */
import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { FaceNetError, reasonOf } from "../errors.ts";

export async function readBytes(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => refuse(file, error));
}

/** UTF-8 text. */
export async function readText(file: string): Promise<string> {
  return (await readBytes(file)).toString("utf8");
}

/** Lines of UTF-8 text, streamed. */
export async function* readLines(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, "utf8");
  try {
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    refuse(file, error);
  } finally {
    stream.destroy();
  }
}

/** The first `bytes` bytes of a file, fewer if it is shorter. @throws what `open` and `read` throw */
export async function readFileStart(file: string, bytes: number): Promise<Uint8Array> {
  await using handle = await open(file);
  const start = new Uint8Array(bytes);
  let length = 0;
  while (length < bytes) {
    const { bytesRead } = await handle.read(start, length, bytes - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return start.subarray(0, length);
}

function refuse(file: string, error: unknown): never {
  throw new FaceNetError("FILE_NOT_READABLE", { file, reason: reasonOf(error) }, error);
}
