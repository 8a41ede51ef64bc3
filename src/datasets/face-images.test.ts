import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { imageName, type NamedBytes } from "../schemas/image-source.ts";
import { imageSources, placeName } from "./face-images.ts";

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder("sources");
  await writeFile(join(folder, "a.tar"), "0123456789");
  await writeFile(join(folder, "b.jpg"), "whole");
});

it("returns files by path, without reading them", () => {
  expect(imageSources([{ file: "/nowhere/a.jpg" }, { file: "b.jpg" }])).toEqual(["/nowhere/a.jpg", "b.jpg"]);
});

it("returns parts of files as bytes, and keeps the position of an unreadable one", async () => {
  const file = join(folder, "a.tar");
  const places = [
    { file, part: { name: "x.jpg", offset: 2, bytes: 3 } },
    { file, part: { name: "gone.jpg", offset: 8, bytes: 9 } },
    { file: join(folder, "b.jpg") },
  ];
  const sources = (await Array.fromAsync(imageSources(places))) as NamedBytes[];
  expect(sources.map(({ data }) => Buffer.from(data).toString())).toEqual(["234", "", "whole"]);
  expect(sources.map(imageName)).toEqual(places.map(placeName));
});
