import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeDurably } from "./durable-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "facenet-durable-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("replaces a file and leaves nothing beside it", async () => {
  const file = join(folder, "a.txt");
  await writeFile(file, "old");
  await writeDurably(file, "new");
  expect(await readFile(file, "utf8")).toBe("new");
  expect(await readdir(folder)).toEqual(["a.txt"]);
});

it("keeps what was there where it cannot be replaced, and says why", async () => {
  const place = join(folder, "a.txt");
  await mkdir(place);
  await expect(writeDurably(place, "new")).rejects.toMatchObject({
    code: "OUTPUT_NOT_WRITABLE",
    message: expect.stringContaining("EISDIR"),
  });
  expect(await readdir(folder)).toEqual(["a.txt"]);
  await expect(writeDurably(join(folder, "none", "a.txt"), "new")).rejects.toThrow("ENOENT");
});
