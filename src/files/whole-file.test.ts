import { readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { WholeFile, writeWhole } from "./whole-file.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await temporaryFolder("whole");
  path = join(folder, "out.txt");
});

test("the old content stays until the new one is complete", async () => {
  await writeFile(path, "old");
  const file = await WholeFile.create(path);
  await file.append("new");
  expect(await readFile(path, "utf8")).toBe("old");
  await file.commit();
  expect(await readFile(path, "utf8")).toBe("new");
  expect(await readdir(folder)).toEqual(["out.txt"]);
});

test("reserved space at the start can be written later, without affecting appended content", async () => {
  const file = await WholeFile.create(path);
  await file.append("....");
  await file.append("b");
  await file.overwrite(Buffer.from("head"), 0);
  await file.append("c");
  await file.commit();
  expect(await readFile(path, "utf8")).toBe("headbc");
});

test("discarded, nothing is left; kept, the partial file exists under its own name", async () => {
  await (await WholeFile.create(path)).discard();
  expect(await readdir(folder)).toEqual([]);
  const file = await WholeFile.create(path);
  await file.append("so far");
  expect(await file.keepPart()).toBe(`${path}.part`);
  expect(await readdir(folder)).toEqual(["out.txt.part"]);
});

test.skipIf(process.platform !== "linux")(
  "written whole in one go, or what was there stays and nothing is left beside it",
  async () => {
    await writeWhole(path, "old");
    await symlink("/dev/full", `${path}.part`);
    await expect(writeWhole(path, "new")).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
      data: { reason: "the disk is full" },
    });
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["out.txt"]);
  },
);

test("a link keeps pointing to the written file", async () => {
  await writeFile(path, "old");
  const link = join(folder, "link.txt");
  await symlink(path, link);
  const file = await WholeFile.create(link);
  await file.append("new");
  await file.commit();
  expect(await readFile(path, "utf8")).toBe("new");
});

test("a folder, and a path without a folder, are rejected with the reason", async () => {
  await expect(WholeFile.create(folder)).rejects.toMatchObject({
    code: "OUTPUT_NOT_WRITABLE",
    data: { reason: "it is a folder" },
  });
  await expect(WholeFile.create(join(folder, "none", "x"))).rejects.toMatchObject({
    data: { reason: "its folder does not exist" },
  });
});

test.skipIf(process.platform === "win32")("a device is written to, not replaced", async () => {
  const file = await WholeFile.create("/dev/null");
  await file.append("x");
  await file.commit();
  expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
});

test("a durable file replaces the previous one and leaves nothing else", async () => {
  await writeFile(path, "old");
  await writeWhole(path, "new", { durable: true });
  expect(await readFile(path, "utf8")).toBe("new");
  expect(await readdir(folder)).toEqual(["out.txt"]);
  await expect(writeWhole(join(folder, "none", "x"), "new", { durable: true })).rejects.toMatchObject({
    data: { reason: "its folder does not exist" },
  });
});
