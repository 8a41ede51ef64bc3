import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openFaceFolder } from "../../datasets/face-folder.ts";
import { FaceNetError } from "../../errors.ts";
import type { FaceNet } from "../../pipeline/facenet.ts";
import { trainingCutOut } from "./cut-out.ts";
import { prepareFaces } from "./prepare-faces.ts";

let root: string;
let looked: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "facenet-prepare-"));
  looked = [];
  for (const path of ["Anna/1.jpg", "Anna/2.jpg", "Anna/trip/1.jpg", "Berta/crowd.jpg"]) {
    await mkdir(join(root, "photos", path, ".."), { recursive: true });
    await writeFile(join(root, "photos", path), path);
  }
});
afterEach(() => rm(root, { recursive: true }));

/** Finds a grey face in every photograph but crowds. */
const stub = {
  async *align(images: readonly string[], { cutOut }: { cutOut: { size: number; height: number } }) {
    for (const [index, image] of images.entries()) {
      looked.push(basename(image));
      const crop = { data: new Uint8Array(3 * cutOut.size * cutOut.height).fill(99), width: cutOut.size, height: cutOut.height };
      if (image.includes("crowd")) yield { index, image, ok: false, error: new FaceNetError("FACE_NOT_FOUND", { image }) };
      else yield { index, image, ok: true, value: { faces: [{ crop }] } };
    }
  },
} as unknown as FaceNet;

async function prepare(width = 10) {
  const photographs = await openFaceFolder(join(root, "photos"));
  const cutOut = trainingCutOut({ width, height: 12 });
  return prepareFaces(photographs, { cutOut, folder: join(root, "faces"), load: async () => stub });
}

describe("prepareFaces", () => {
  it("writes one cut-out for each photograph, by person, and lists those without a face", async () => {
    const { faces, skipped } = await prepare();
    expect(faces.people).toEqual(["Anna"]);
    expect(faces.images.map(({ file }) => basename(file))).toEqual(["1.jpg.png", "2.jpg.png", "trip__1.jpg.png"]);
    expect(skipped).toEqual([
      expect.objectContaining({ code: "FACE_NOT_FOUND", image: join(root, "photos", "Berta", "crowd.jpg") }),
    ]);
  });

  it("looks at a photograph once, however often it runs, and at new ones", async () => {
    await prepare();
    looked = [];
    await writeFile(join(root, "photos", "Berta", "new.jpg"), "new");
    const { faces, skipped } = await prepare();
    expect(looked).toEqual(["new.jpg"]);
    expect(faces.people).toEqual(["Anna", "Berta"]);
    expect(skipped).toHaveLength(1);
  });

  it("begins anew for a network of another size", async () => {
    await prepare();
    looked = [];
    await prepare(20);
    expect(looked).toHaveLength(4);
    expect((await readdir(join(root, "faces"))).sort()).toEqual(["Anna", "faces.json"]);
  });

  it("says so where there is no face at all", async () => {
    await rm(join(root, "photos", "Anna"), { recursive: true });
    await expect(prepare()).rejects.toMatchObject({ code: "FACES_UNUSABLE" });
  });
});
