import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findPairImages, imageNumber } from "./lfw-images.ts";
import { parsePairs } from "./pairs.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "facenet-lfw-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(...files: string[]): Promise<void> {
  for (const file of files) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await writeFile(join(folder, file), "");
  }
}

const pairs = parsePairs("1\nAda\t1\t2\nAda\t1\tBob\t2\n", "pairs.txt");

describe("findPairImages", () => {
  it("finds images by LFW's names and leaves out those that are not there", async () => {
    await put("Ada/Ada_0001.jpg", "Ada/Ada_0002.png", "Bob/Bob_0001.jpg", "Bob/other.jpg");
    expect(await findPairImages(folder, pairs)).toEqual(
      new Map([
        ["Ada/Ada_0001", join(folder, "Ada/Ada_0001.jpg")],
        ["Ada/Ada_0002", join(folder, "Ada/Ada_0002.png")],
      ]),
    );
  });

  it("counts the images of a person whose images are named otherwise", async () => {
    await put("Ada/b.jpg", "Ada/a.jpg", "Ada/notes.txt", "Bob/Bob_0002.jpg");
    expect(await findPairImages(folder, pairs)).toEqual(
      new Map([
        ["Ada/Ada_0001", join(folder, "Ada/a.jpg")],
        ["Ada/Ada_0002", join(folder, "Ada/b.jpg")],
        ["Bob/Bob_0002", join(folder, "Bob/Bob_0002.jpg")],
      ]),
    );
  });

  it("names a folder that is missing", async () => {
    await expect(findPairImages(join(folder, "no"), pairs)).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
  });
});

it("imageNumber reads LFW's names only", () => {
  expect(["Ada_0012.jpg", "Ada_12.jpg", "Eve_0012.jpg", "Ada_0012"].map((file) => imageNumber(file, "Ada"))).toEqual([
    12,
    undefined,
    undefined,
    undefined,
  ]);
});
