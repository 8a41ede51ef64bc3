import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { type ImagePlace, peopleOf, readImage } from "./face-images.ts";
import { listPersonFolders, listVideoFolders, openFaceFolder, personOfPath } from "./person-folders.ts";

describe("person folders", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder("people");
  });

  async function put(...files: string[]): Promise<void> {
    for (const file of files) {
      await mkdir(join(folder, file, ".."), { recursive: true });
      await writeFile(join(folder, file), "");
    }
  }

  describe("listPersonFolders", () => {
    it("lists people and images by name, with nested folders, without hidden files", async () => {
      await put("Zoë/b.jpg", "Zoë/a.png", "Ada/2020/x.webp", "Ada/notes.txt", ".cache/c.jpg", "loose.jpg");
      expect(await listPersonFolders(folder)).toEqual([
        { image: join(folder, "Ada/2020/x.webp"), person: "Ada" },
        { image: join(folder, "Zoë/a.png"), person: "Zoë" },
        { image: join(folder, "Zoë/b.jpg"), person: "Zoë" },
      ]);
    });

    it("reports what a folder lacks", async () => {
      await put("loose.jpg");
      await expect(listPersonFolders(folder)).rejects.toMatchObject({ code: "DATASET_INVALID", message: /has no sub-folders/ });
      await put("Ada/notes.txt");
      await expect(listPersonFolders(folder)).rejects.toMatchObject({ code: "DATASET_INVALID", message: /has no images/ });
      await expect(listPersonFolders(join(folder, "no"))).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
    });
  });

  describe("listVideoFolders", () => {
    it("reads the first frames of each video", async () => {
      await put("Ada/0/1.jpg", "Ada/0/2.jpg", "Ada/0/3.jpg", "Ada/1/1.jpg", "Ada/portrait.jpg");
      expect(await listVideoFolders(folder, 2)).toEqual([
        { image: join(folder, "Ada/0/1.jpg"), person: "Ada", video: join(folder, "Ada/0") },
        { image: join(folder, "Ada/0/2.jpg"), person: "Ada", video: join(folder, "Ada/0") },
        { image: join(folder, "Ada/1/1.jpg"), person: "Ada", video: join(folder, "Ada/1") },
      ]);
    });
  });

  it("reads frames by number, of the selected videos only", async () => {
    const names = Array.from({ length: 12 }, (_, i) => `Ada/0/0.${i + 95}.jpg`);
    await put(...names.toReversed(), "Ada/1/1.jpg");
    const frames = await listVideoFolders(folder, 8, (video) => video === "Ada/0");
    expect(frames.map(({ image }) => image)).toEqual(names.slice(0, 8).map((name) => join(folder, name)));
  });

  it("personOfPath is the folder's name", () => {
    expect(personOfPath("lfw/Ada_Lovelace/Ada_Lovelace_0001.jpg")).toBe("Ada_Lovelace");
  });
});

describe("face folder", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await temporaryFolder("faces");
  });

  async function put(...paths: string[]): Promise<void> {
    for (const path of paths) {
      await mkdir(join(folder, path, ".."), { recursive: true });
      await writeFile(join(folder, path), path);
    }
  }

  describe("openFaceFolder", () => {
    it("lists people and their images, in a fixed order", async () => {
      await put("Berta/2.jpg", "Berta/1.png", "Anna/x.jpg", "Anna/more/y.jpg");
      const set = await openFaceFolder(folder);
      expect(set.people).toEqual(["Anna", "Berta"]);
      expect(set.imagesOfPeople).toEqual([
        [0, 1],
        [2, 3],
      ]);
      expect(set.images.map(({ file }) => file.slice(folder.length + 1))).toEqual([
        "Anna/more/y.jpg",
        "Anna/x.jpg",
        "Berta/1.png",
        "Berta/2.jpg",
      ]);
      expect(Buffer.from(await readImage(set.images[2] as ImagePlace)).toString()).toBe("Berta/1.png");
    });

    it("skips empty folders, hidden ones and other files", async () => {
      await put("Anna/1.jpg", "Anna/notes.txt", ".cache/1.jpg", "readme.md", "Nobody/notes.txt");
      await mkdir(join(folder, "Empty"));
      const set = await openFaceFolder(folder);
      expect(set.people).toEqual(["Anna"]);
      expect(set.images).toHaveLength(1);
    });

    it("reports a folder that is missing, a file, or empty", async () => {
      await put("file.jpg");
      await expect(openFaceFolder(join(folder, "none"))).rejects.toThrow(
        "cannot be read (it does not exist). Training expects a folder with one sub-folder per person",
      );
      await expect(openFaceFolder(join(folder, "file.jpg"))).rejects.toMatchObject({
        code: "FACES_UNUSABLE",
        message: expect.stringContaining("a part of its path is a file, not a folder"),
      });
      await expect(openFaceFolder(folder)).rejects.toThrow("none of its sub-folders contains an image");
    });

    it("fails for an image removed in the meantime", async () => {
      await put("Anna/1.jpg");
      const set = await openFaceFolder(folder);
      await rm(join(folder, "Anna/1.jpg"));
      await expect(readImage(set.images[0] as ImagePlace)).rejects.toMatchObject({ code: "IMAGE_NOT_FOUND" });
    });
  });

  describe("readImage", () => {
    it("reads a part of a file, and reports a file that is too short", async () => {
      await put("shard.tar");
      const file = join(folder, "shard.tar");
      expect(Buffer.from(await readImage({ file, part: { name: "x", offset: 2, bytes: 3 } })).toString()).toBe("ard");
      await expect(readImage({ file, part: { name: "x", offset: 2, bytes: 99 } })).rejects.toThrow(
        "ends at byte 9, but an image extends to 101",
      );
    });
  });

  describe("peopleOf", () => {
    it("keeps the selected people with all their images", async () => {
      await put("Anna/1.jpg", "Berta/1.jpg", "Berta/2.jpg", "Carla/1.jpg");
      const some = peopleOf(await openFaceFolder(folder), (person) => person !== "Anna");
      expect(some.people).toEqual(["Berta", "Carla"]);
      expect(some.imagesOfPeople).toEqual([[1, 2], [3]]);
      expect(Buffer.from(await readImage(some.images[3] as ImagePlace)).toString()).toBe("Carla/1.jpg");
    });
  });
});
