import { mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { create } from "tar";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { type ImagePlace, readImage } from "./face-images.ts";
import { openFaceFolder, openFaceImages } from "./person-folders.ts";
import { packFaces } from "./tar-shards.ts";

let root: string;
const at = (...path: string[]) => join(root, ...path);

beforeEach(async () => {
  root = await temporaryFolder("shards");
});

async function put(folder: string, contents: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(contents)) {
    await mkdir(at(folder, path, ".."), { recursive: true });
    await writeFile(at(folder, path), text);
  }
}

/** Contents of images by person. */
async function contentsOf(path: string): Promise<Record<string, string[]>> {
  const { people, imagesOfPeople, images } = await openFaceImages(path);
  const read = async (image: number) => Buffer.from(await readImage(images[image] as ImagePlace)).toString();
  const entries = people.map(async (person, i) => [person, await Promise.all((imagesOfPeople[i] as number[]).map(read))]);
  return Object.fromEntries(await Promise.all(entries));
}

describe("packed shards", () => {
  const long = `${"a-name-that-does-not-fit-into-the-header-of-a-tar-file-".repeat(4)}.jpg`;
  const faces = { "Anna/1.jpg": "one", "Anna/deep/2.jpg": "two", "Żółć 李/1.jpg": "three", [`Zoë/${long}`]: "x".repeat(1000) };

  it("contain the same people and images, whatever their names", async () => {
    await put("faces", faces);
    const onProgress = vi.fn();
    const shards = await packFaces(await openFaceFolder(at("faces")), at("packed"), { imagesPerShard: 2, onProgress });
    expect(shards).toHaveLength(2);
    expect(onProgress.mock.calls).toEqual([[2], [4]]);
    expect(await readdir(at("packed"))).toEqual(["shard-000000.tar", "shard-000001.tar"]);
    expect(await contentsOf(at("packed"))).toEqual(await contentsOf(at("faces")));
    expect(await contentsOf(shards[0] as string)).toEqual({ Anna: expect.arrayContaining(["one", "two"]) });
  });

  it("are byte-identical when packed again", async () => {
    await put("faces", faces);
    const bytes = async (folder: string) => {
      const [shard] = await packFaces(await openFaceFolder(at("faces")), at(folder), { imagesPerShard: 100 });
      return readFile(shard as string);
    };
    expect((await bytes("once")).equals(await bytes("again"))).toBe(true);
  });

  it("are not mixed with others, and not left partially written", async () => {
    await put("faces", faces);
    const set = await openFaceFolder(at("faces"));
    await packFaces(set, at("packed"), { imagesPerShard: 100 });
    await expect(packFaces(set, at("packed"), { imagesPerShard: 100 })).rejects.toMatchObject({ code: "OUTPUT_NOT_WRITABLE" });
    await rm(at("faces/Anna/1.jpg"));
    await expect(packFaces(set, at("gone"), { imagesPerShard: 100 })).rejects.toMatchObject({ code: "OUTPUT_NOT_WRITABLE" });
    expect(await readdir(at("gone"))).toEqual([]);
  });
});

describe("shards of other programs", () => {
  it("take the person from a .cls file, as in WebDataset, or else from the folder", async () => {
    await put("w", {
      "000.jpg": "a",
      "000.cls": "17\n",
      "001.seg.jpg": "b",
      "001.cls": "17",
      "x/Eve/2.jpg": "c",
      "3.jpg": "nobody",
    });
    await create({ file: at("w.tar"), cwd: at("w") }, ["."]);
    expect(await contentsOf(at("w.tar"))).toEqual({ 17: ["a", "b"], Eve: ["c"] });
  });

  it("are rejected if truncated, not a tar file, or without faces", async () => {
    await put("w", { "Anna/1.jpg": "x".repeat(5000) });
    await create({ file: at("w.tar"), cwd: at("w") }, ["Anna/1.jpg"]);
    await truncate(at("w.tar"), 3000);
    const unusable = (message: string) => ({ code: "FACES_UNUSABLE", message: expect.stringContaining(message) });
    await expect(openFaceImages(at("w.tar"))).rejects.toMatchObject(unusable("truncated"));
    await writeFile(at("letter.tar"), "Dear reader, ".repeat(100));
    await expect(openFaceImages(at("letter.tar"))).rejects.toMatchObject(unusable("letter.tar"));
    await put("n", { "readme.txt": "hello" });
    await create({ file: at("n.tar"), cwd: at("n") }, ["readme.txt"]);
    await expect(openFaceImages(at("n.tar"))).rejects.toMatchObject(unusable("no image of a person"));
    await expect(openFaceImages(at("none.tar"))).rejects.toMatchObject(unusable("none.tar"));
  });
});
