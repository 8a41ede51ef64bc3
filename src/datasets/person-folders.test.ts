import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listPersonFolders, listVideoFolders, personOfPath } from "./person-folders.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "facenet-people-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(...files: string[]): Promise<void> {
  for (const file of files) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await writeFile(join(folder, file), "");
  }
}

describe("listPersonFolders", () => {
  it("lists people and images by name, deeper folders with their person, nothing hidden", async () => {
    await put("Zoë/b.jpg", "Zoë/a.png", "Ada/2020/x.webp", "Ada/notes.txt", ".cache/c.jpg", "loose.jpg");
    expect(await listPersonFolders(folder)).toEqual([
      { image: join(folder, "Ada/2020/x.webp"), person: "Ada" },
      { image: join(folder, "Zoë/a.png"), person: "Zoë" },
      { image: join(folder, "Zoë/b.jpg"), person: "Zoë" },
    ]);
  });

  it("says what a folder lacks", async () => {
    await put("loose.jpg");
    await expect(listPersonFolders(folder)).rejects.toMatchObject({ code: "DATASET_INVALID", message: /has no sub-folders/ });
    await put("Ada/notes.txt");
    await expect(listPersonFolders(folder)).rejects.toMatchObject({ code: "DATASET_INVALID", message: /has no images/ });
    await expect(listPersonFolders(join(folder, "no"))).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
  });
});

describe("listVideoFolders", () => {
  it("takes the first frames of each video", async () => {
    await put("Ada/0/1.jpg", "Ada/0/2.jpg", "Ada/0/3.jpg", "Ada/1/1.jpg", "Ada/portrait.jpg");
    expect(await listVideoFolders(folder, 2)).toEqual([
      { image: join(folder, "Ada/0/1.jpg"), person: "Ada", video: join(folder, "Ada/0") },
      { image: join(folder, "Ada/0/2.jpg"), person: "Ada", video: join(folder, "Ada/0") },
      { image: join(folder, "Ada/1/1.jpg"), person: "Ada", video: join(folder, "Ada/1") },
    ]);
  });
});

it("personOfPath is the folder's name", () => {
  expect(personOfPath("lfw/Ada_Lovelace/Ada_Lovelace_0001.jpg")).toBe("Ada_Lovelace");
});
