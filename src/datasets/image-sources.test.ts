import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { imageSources, named } from "./image-sources.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "facenet-sources-"));
  await writeFile(join(folder, "a.tar"), "0123456789");
  await writeFile(join(folder, "b.jpg"), "whole");
});
afterAll(() => rm(folder, { recursive: true }));

it("gives files by their paths, without reading them", () => {
  expect(imageSources([{ file: "/nowhere/a.jpg" }, { file: "b.jpg" }])).toEqual(["/nowhere/a.jpg", "b.jpg"]);
});

it("gives parts of files by their bytes, and keeps the place of one that cannot be read", async () => {
  const file = join(folder, "a.tar");
  const places = [
    { file, part: { name: "x.jpg", offset: 2, bytes: 3 } },
    { file, part: { name: "gone.jpg", offset: 8, bytes: 9 } },
    { file: join(folder, "b.jpg") },
  ];
  const texts = (await Array.fromAsync(imageSources(places))).map((bytes) => Buffer.from(bytes as Uint8Array).toString());
  expect(texts).toEqual(["234", "", "whole"]);
});

it("names the image in a message about bytes", () => {
  expect(named("(buffer): is empty", "a.tar/x.jpg")).toBe("a.tar/x.jpg: is empty");
});
