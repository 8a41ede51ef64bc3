import { randomBytes } from "node:crypto";
import { readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { createApiKey } from "./api-key.ts";
import { changeKeys, KeyRing, readKeys } from "./key-file.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder("keys");
  file = join(folder, "deep", "keys.json");
});

const add = (name: string) =>
  changeKeys(file, ({ keys }) => {
    const { kept } = createApiKey({ name, scope: "read", now: new Date(), random: randomBytes });
    return { version: 1, keys: [...keys, kept] };
  });
const names = async () => (await readKeys(file)).keys.map(({ name }) => name);

test("the key file is private, without leftover files", async () => {
  expect(await names()).toEqual([]);
  await add("anna");
  await add("door");
  expect(await names()).toEqual(["anna", "door"]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, "deep"))).toEqual(["keys.json"]);
});

test("a failed change leaves the file unchanged and does not block the next one", async () => {
  await add("anna");
  const failing = changeKeys(file, () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await names()).toEqual(["anna"]);
  await add("door");
  expect(await names()).toEqual(["anna", "door"]);
});

test("of two concurrent changes, none is silently lost", async () => {
  const outcomes = await Promise.allSettled([add("a"), add("b"), add("c")]);
  const done = outcomes.filter(({ status }) => status === "fulfilled").length;
  expect(done).toBeGreaterThan(0);
  expect(await names()).toHaveLength(done);
});

test("a key ring recognises a key as soon as it is in the file", async () => {
  const ring = new KeyRing(file);
  expect(await ring.keys()).toEqual([]);
  await add("anna");
  expect((await ring.keys()).map(({ name }) => name)).toEqual(["anna"]);
  await rm(file);
  expect(await ring.keys()).toEqual([]);
});

test("a damaged file is an error, not a file without keys", async () => {
  await add("anna");
  await writeFile(file, "{");
  await expect(new KeyRing(file).keys()).rejects.toThrow(expect.objectContaining({ code: "FILE_NOT_READABLE" }));
});
