/** Photographs for other programs: `--paths`, `-0` and `--copy-to`, on a gallery of synthetic faces. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openGalleryStore } from "../src/gallery/store/open-gallery-store.ts";
import { mountSmallDisk } from "./gallery/hard-times.ts";
import { testFace, testFile } from "./gallery/test-files.ts";
import { disposeModels, runInProcess } from "./run-in-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let folder: string;
let gallery: string;
let files: string[];
beforeAll(async () => {
  folder = await temporaryFolder("outputs");
  gallery = join(folder, "gallery.db");
  files = ["a/1.jpg", "b/1.jpg", "b/line\nbreak.jpg", "b/gone.jpg"].map((name) => join(folder, name));
  const store = await openGalleryStore(gallery);
  const faces: number[] = [];
  for (const name of ["a", "b"]) await mkdir(join(folder, name));
  for (const path of files) {
    await writeFile(path, path);
    faces.push(...(await store.recordFile({ ...testFile(path, [testFace(1, 0)]), path })).faces);
  }
  await store.markMissing(files.slice(3));
  await store.correct({ kind: "create", name: "Anna", faces });
  await store.close();
});
afterAll(disposeModels);

const run = (...args: string[]) => runInProcess([...args, "--gallery", gallery]);
const commands = [
  ["find", "--person", "Anna"],
  ["people", "Anna"],
];

it.each(commands)("%s %s %s: paths of existing photographs", async (...args) => {
  const lines = await run(...args, "--paths");
  expect([lines.exitCode, lines.stdout]).toEqual([
    0,
    files
      .slice(0, 3)
      .map((path) => `${path}\n`)
      .join(""),
  ]);
  expect(lines.stderr).toBe("facenet: 1 photograph left out: missing from disk.\n");
  const nul = await run(...args, "-0");
  expect(nul.stdout.split("\0").slice(0, -1)).toEqual(files.slice(0, 3));
});

it.each(commands)("%s %s %s: copies under unique names, once", async (...args) => {
  const to = join(await temporaryFolder("copies"), "album");
  const first = await run(...args, "--copy-to", to, "--paths");
  expect([first.exitCode, first.stderr]).toEqual([
    0,
    "facenet: 3 photographs done, 1 skipped (1 missing from disk), 0 failed.\n",
  ]);
  expect(await readdir(to)).toEqual(["1-2.jpg", "1.jpg", "line\nbreak.jpg"]);
  expect(await readFile(join(to, "1-2.jpg"), "utf8")).toBe(files[1]);
  expect(first.stdout.startsWith(`${join(to, "1.jpg")}\n${join(to, "1-2.jpg")}\n`)).toBe(true);
  const second = await run(...args, "--copy-to", to);
  expect(second).toMatchObject({ exitCode: 0, stdout: "" });
  expect(second.stderr).toBe("facenet: 0 photographs done, 3 known, 1 skipped (1 missing from disk), 0 failed.\n");
});

it("at a terminal, unprintable characters are escaped", async () => {
  const { stdout } = await runInProcess(["find", "--person", "Anna", "--paths", "--gallery", gallery], { isTTY: true });
  expect(stdout).toContain("line\\u000abreak.jpg");
});

it("JSON contains the positions of faces; it cannot be combined with --paths", async () => {
  const found = JSON.parse((await run("find", "--person", "Anna", "--json")).stdout);
  expect(found.photographs[0].box).toEqual({ x: 0.5, y: 1, width: 20, height: 30 });
  expect(found.photographs.map(({ gone }: { gone: boolean }) => gone)).toEqual([false, false, true, false]);
  const listed = JSON.parse((await run("people", "Anna", "--json")).stdout);
  expect(listed.faces[0].box).toEqual({ x: 0.5, y: 1, width: 20, height: 30 });
  expect(await run("find", "--person", "Anna", "--json", "--paths")).toMatchObject({ exitCode: 2 });
});

it("fails before the work: no person to list, unwritable folder", async () => {
  const nobody = await run("people", "--paths");
  expect([nobody.exitCode, nobody.stderr]).toEqual([2, expect.stringContaining("person")]);
  const notAFolder = await run("find", "--person", "Nobody", "--copy-to", join(files[0] as string, "x"));
  expect([notAFolder.exitCode, notAFolder.stderr]).toEqual([6, expect.stringContaining(basename(files[0] as string))]);
});

it("detects before the first copy that the disk has too little space", async (context) => {
  const to = join(await temporaryFolder("small"), "disk");
  const disk = await mountSmallDisk(to, 64);
  if (!disk) return context.skip("this process may not mount a disk");
  try {
    for (const path of files.slice(0, 2)) await writeFile(path, Buffer.alloc(50_000));
    const { exitCode, stderr } = await run("find", "--person", "Anna", "--copy-to", to);
    expect([exitCode, stderr]).toEqual([6, expect.stringMatching(/disk full: 0\.1 MB needed, 0\.1 MB free/)]);
    expect(await readdir(to)).toEqual([]);
  } finally {
    await disk.unmount();
  }
});
