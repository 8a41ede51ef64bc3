import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { isCompanion, isDirectory, listImages } from "./list-images.ts";

let root: string;
beforeEach(async () => {
  root = await temporaryFolder("list");
});

async function put(...paths: string[]) {
  for (const path of paths) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), "");
  }
}

async function list(): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of listImages(root)) paths.push(relative(root, path).replaceAll("\\", "/"));
  return paths;
}

test("photographs at every depth, sorted, whatever the case of their extension; nothing else", async () => {
  await put("b.JPG", "a/2.png", "a/1.heic", "a/deep/x.webp", "notes.txt", "a/movie.mp4", "noextension");
  expect(await list()).toEqual(["a/1.heic", "a/2.png", "a/deep/x.webp", "b.JPG"]);
});

test("hidden files and folders are skipped", async () => {
  await put("._photo.jpg", ".thumbnails/photo.jpg", "photo.jpg");
  expect(await list()).toEqual(["photo.jpg"]);
});

test("link loops end, and a folder reachable in two ways is listed once", async () => {
  await put("a/1.jpg");
  await symlink(root, join(root, "a", "loop"));
  await symlink(join(root, "a"), join(root, "b"));
  expect(await list()).toEqual(["a/1.jpg"]);
});

test("an unreadable folder is reported", async () => {
  await rm(root, { recursive: true });
  expect(await list()).toEqual([""]); // the root itself
});

test("isDirectory is false for files and missing paths", async () => {
  await put("a.jpg");
  expect([await isDirectory(root), await isDirectory(join(root, "a.jpg")), await isDirectory(join(root, "none"))]).toEqual([
    true,
    false,
    false,
  ]);
});

test("RAW and JPEG or HEIC of one shot are one photograph; skipped files are reported with the reason", async () => {
  await put(
    "IMG_1.CR2",
    "IMG_1.JPG",
    "IMG_2.NEF",
    "IMG_3.dng",
    "IMG_3.HIF",
    "IMG_4.arw",
    "IMG_4.arw.jpg",
    "IMG_5.MOV",
    "a.txt",
    ".b.txt",
  );
  const told: string[] = [];
  const listed: string[] = [];
  const onPassedOver = (path: string, reason: string) => told.push(`${relative(root, path)} ${reason}`);
  for await (const path of listImages(root, { onPassedOver })) listed.push(relative(root, path));
  expect(listed).toEqual(["IMG_1.JPG", "IMG_2.NEF", "IMG_3.HIF", "IMG_4.arw.jpg"]);
  expect(told).toEqual(["IMG_1.CR2 companion", "IMG_3.dng companion", "IMG_4.arw companion", "IMG_5.MOV ending", "a.txt ending"]);
  expect([await isCompanion(join(root, "IMG_1.CR2")), await isCompanion(join(root, "IMG_2.NEF"))]).toEqual([true, false]);
});
