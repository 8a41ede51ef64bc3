import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPairs } from "./read-pairs.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "facenet-pairs-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(content: string | Uint8Array): Promise<string> {
  const file = join(folder, "pairs.txt");
  await writeFile(file, content);
  return file;
}

describe("readPairs", () => {
  it("reads UTF-8", async () => {
    const [same] = await readPairs(await fileOf("1\nZoë\t1\t2\nZoë\t1\tBob\t1\n"));
    expect(same).toEqual({ left: { name: "Zoë", index: 1 }, right: { name: "Zoë", index: 2 }, same: true, fold: 1 });
  });

  it("names a file that is missing", async () => {
    const file = join(folder, "missing.txt");
    await expect(readPairs(file)).rejects.toMatchObject({ code: "FILE_NOT_READABLE", data: { file }, cause: { code: "ENOENT" } });
  });

  it("refuses Latin-1, which would turn names into ones that match no folder", async () => {
    const file = await fileOf(Buffer.from("1\nZo\xEB\t1\t2\nZo\xEB\t1\tBob\t1\n", "latin1"));
    await expect(readPairs(file)).rejects.toMatchObject({
      code: "FILE_NOT_READABLE",
      data: { file, reason: "it is not UTF-8 text" },
    });
  });

  it("names the file of a bad line", async () => {
    const file = await fileOf("nonsense");
    await expect(readPairs(file)).rejects.toMatchObject({ code: "PAIRS_INVALID", data: { file, line: 1 } });
  });
});
