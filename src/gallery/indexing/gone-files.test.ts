import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { goneFiles } from "./gone-files.ts";

let root: string;
beforeEach(async () => {
  root = await temporaryFolder("gone");
});

async function put(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), "");
  }
}

async function goneOf(...paths: string[]): Promise<string[]> {
  async function* known() {
    for (const path of paths) yield join(root, path);
  }
  return (await Array.fromAsync(goneFiles(known()))).map((path) => relative(root, path).replaceAll("\\", "/"));
}

test("reports missing files and folders among existing ones", async () => {
  await put("a.jpg", "b/1.jpg", "b/c/2.jpg", "b/z.jpg", "d.jpg");
  const gone = ["b/0.jpg", "b/c/gone.jpg", "b/y/gone.jpg", "c.jpg", "e/f/gone.jpg"];
  expect(
    await goneOf(
      "a.jpg",
      "b/0.jpg",
      "b/1.jpg",
      "b/c/2.jpg",
      "b/c/gone.jpg",
      "b/y/gone.jpg",
      "b/z.jpg",
      "c.jpg",
      "d.jpg",
      "e/f/gone.jpg",
    ),
  ).toEqual(gone);
});

test("a broken link is missing, a valid one is not", async () => {
  await put("real/1.jpg");
  await symlink(join(root, "real", "1.jpg"), join(root, "good.jpg"));
  await symlink(join(root, "none.jpg"), join(root, "lost.jpg"));
  expect(await goneOf("good.jpg", "lost.jpg")).toEqual(["lost.jpg"]);
});

test("a folder replaced by a file contains nothing", async () => {
  await put("album");
  expect(await goneOf("album/1.jpg")).toEqual(["album/1.jpg"]);
});

test("the order of paths affects speed, not the result", async () => {
  await put("a/1.jpg", "b/1.jpg");
  expect(await goneOf("a/1.jpg", "b/1.jpg", "a/2.jpg", "b/2.jpg")).toEqual(["a/2.jpg", "b/2.jpg"]);
});
