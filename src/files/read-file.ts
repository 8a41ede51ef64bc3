/** Reading files. All throw FILE_NOT_READABLE, which names the file and the reason. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
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

function refuse(file: string, error: unknown): never {
  throw new FaceNetError("FILE_NOT_READABLE", { file, reason: reasonOf(error) }, error);
}
