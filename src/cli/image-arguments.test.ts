import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { readImageArguments } from "./image-arguments.ts";

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder("arguments");
});

const nothing = Readable.from([]);

test("`-` stands for the list on standard input, at its place", async () => {
  const stdin = Readable.from(["x.jpg\r\ny z.jpg\n\n"]);
  expect(await readImageArguments(["a.jpg", "-", "b.jpg"], {}, stdin)).toEqual(["a.jpg", "x.jpg", "y z.jpg", "b.jpg"]);
});

test("--from reads a file, or standard input with -, after the named photographs", async () => {
  const list = join(folder, "list.txt");
  await writeFile(list, "\uFEFFx.jpg\ny.jpg");
  expect(await readImageArguments(["a.jpg"], { from: list }, nothing)).toEqual(["a.jpg", "x.jpg", "y.jpg"]);
  expect(await readImageArguments([], { from: "-" }, Readable.from(["x.jpg\n"]))).toEqual(["x.jpg"]);
});

test("lists of `find -print0` may contain names with line breaks", async () => {
  expect(await readImageArguments(["-"], {}, Readable.from(["a\nb.jpg\0c.jpg\0"]))).toEqual(["a\nb.jpg", "c.jpg"]);
});

test("a missing list is an error with its name", async () => {
  await expect(readImageArguments([], { from: join(folder, "none") }, nothing)).rejects.toMatchObject({
    code: "FILE_NOT_READABLE",
  });
});

test("a folder is expanded only with --recursive", async () => {
  await mkdir(join(folder, "deep"));
  await writeFile(join(folder, "deep", "1.jpg"), "");
  expect(await readImageArguments([folder, "b.jpg"], { recursive: true }, nothing)).toEqual([
    join(folder, "deep", "1.jpg"),
    "b.jpg",
  ]);
  expect(await readImageArguments([folder], {}, nothing)).toEqual([folder]);
});
