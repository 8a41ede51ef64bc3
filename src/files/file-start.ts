import { open } from "node:fs/promises";

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
