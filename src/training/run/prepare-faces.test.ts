import { mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { openFaceFolder, openFaceImages } from "../../datasets/person-folders.ts";
import { packFaces } from "../../datasets/tar-shards.ts";
import { FaceNetError } from "../../errors.ts";
import { arcfaceTemplate } from "../../faces/alignment/arcface-template.ts";
import type { FaceNet } from "../../faces/facenet.ts";
import { imageName, type NamedBytes } from "../../schemas/image-source.ts";
import { alignmentOf, prepareFaces, trainingCutOut } from "./prepare-faces.ts";

let root: string;
let looked: string[];
beforeEach(async () => {
  root = await temporaryFolder("prepare");
  looked = [];
  for (const path of ["Anna/1.jpg", "Anna/2.jpg", "Anna/trip/1.jpg", "Berta/crowd.jpg"]) {
    await mkdir(join(root, "photos", path, ".."), { recursive: true });
    await writeFile(join(root, "photos", path), path);
  }
});

/** Finds a grey face in every photograph except crowds. */
const stub = {
  async *align(
    sources: Iterable<string | NamedBytes> | AsyncIterable<string | NamedBytes>,
    { cutOut }: { cutOut: { size: number; height: number } },
  ) {
    let index = -1;
    for await (const source of sources) {
      index++;
      const text = typeof source === "string" ? source : Buffer.from(source.data).toString(); // a photograph here holds its own path
      const image = imageName(source);
      looked.push(basename(text));
      const crop = { data: new Uint8Array(3 * cutOut.size * cutOut.height).fill(99), width: cutOut.size, height: cutOut.height };
      if (text.includes("crowd")) yield { index, image, ok: false, error: new FaceNetError("FACE_NOT_FOUND", { image }) };
      else yield { index, image, ok: true, value: { faces: [{ crop }] } };
    }
  },
} as unknown as FaceNet;

async function prepare(width = 10, folder = "faces") {
  const photographs = await openFaceFolder(join(root, "photos"));
  const cutOut = trainingCutOut({ width, height: 12 });
  return prepareFaces(photographs, { cutOut, folder: join(root, folder), load: async () => stub });
}

describe("prepareFaces", () => {
  it("writes one crop per photograph, by person, and lists photographs without a face", async () => {
    const { faces, skipped } = await prepare();
    expect(faces.people).toEqual(["Anna"]);
    expect(faces.images.map(({ file }) => basename(file))).toEqual(["1.jpg.png", "2.jpg.png", "trip__1.jpg.png"]);
    expect(skipped).toEqual([
      expect.objectContaining({ code: "FACE_NOT_FOUND", image: join(root, "photos", "Berta", "crowd.jpg") }),
    ]);
  });

  it("processes each photograph once over several runs, and new ones", async () => {
    await prepare();
    looked = [];
    await writeFile(join(root, "photos", "Berta", "new.jpg"), "new");
    const { faces, skipped } = await prepare();
    expect(looked).toEqual(["new.jpg"]);
    expect(faces.people).toEqual(["Anna", "Berta"]);
    expect(skipped).toHaveLength(1);
  });

  it("reads tar shards, and writes only inside its folder, whatever the names of people", async () => {
    await packFaces(await openFaceFolder(join(root, "photos")), join(root, "shards"), { imagesPerShard: 100 });
    const shards = await openFaceImages(join(root, "shards"));
    const people = ["..", "../Berta/x"];
    const options = { cutOut: trainingCutOut({ width: 10, height: 12 }), folder: join(root, "faces"), load: async () => stub };
    const { faces, skipped } = await prepareFaces({ ...shards, people }, options);
    expect(faces.people).toEqual(["_.."]);
    expect(faces.images.map(({ file }) => basename(file))).toEqual([
      "shard-000000__Anna__1.jpg.png",
      "shard-000000__Anna__2.jpg.png",
      "shard-000000__Anna__trip_1.jpg.png",
    ]);
    const crowd = join(root, "shards", "shard-000000.tar", "Berta", "crowd.jpg");
    expect(skipped).toEqual([expect.objectContaining({ image: crowd, message: expect.stringMatching(/^no face found/) })]);
    looked = [];
    await prepareFaces({ ...shards, people }, options);
    expect(looked).toEqual([]);
  });

  it("starts over for a network of a different size", async () => {
    await prepare();
    looked = [];
    await prepare(20);
    expect(looked).toHaveLength(4);
    expect((await readdir(join(root, "faces"))).sort()).toEqual(["Anna", "faces.json"]);
  });

  it("keeps a folder that is a link to a shared one", async () => {
    const shared = join(root, "shared");
    await mkdir(shared);
    await symlink(shared, join(root, "faces"));
    await prepare();
    expect((await readdir(shared)).sort()).toEqual(["Anna", "faces.json"]);
    await symlink(shared, join(root, "faces-of-another-run"));
    looked = [];
    await prepare(undefined, "faces-of-another-run");
    expect(looked).toEqual([]);
  });

  it("reports that there are no faces", async () => {
    await rm(join(root, "photos", "Anna"), { recursive: true });
    await expect(prepare()).rejects.toMatchObject({ code: "FACES_UNUSABLE" });
  });
});

const templateOf = (alignment: ReturnType<typeof alignmentOf>) => (alignment.kind === "similarity" ? alignment.template : []);

describe("alignmentOf", () => {
  it("equals ArcFace's template at its own size", () => {
    for (const [i, point] of templateOf(alignmentOf({ width: 112, height: 112 })).entries())
      for (const [k, value] of point.entries()) expect(value).toBeCloseTo(arcfaceTemplate[i]?.[k] as number, 10);
  });

  it("scales pixel centres, and centres in a non-square image", () => {
    const [[x, y] = [0, 0]] = templateOf(alignmentOf({ width: 56, height: 56 }));
    expect(x + 0.5).toBeCloseTo((38.2946 + 0.5) / 2, 10);
    expect(y + 0.5).toBeCloseTo((51.6963 + 0.5) / 2, 10);
    const [[wide] = [0]] = templateOf(alignmentOf({ width: 76, height: 56 }));
    expect(wide - x).toBeCloseTo(10, 10);
  });
});

describe("trainingCutOut", () => {
  it("is the network's input with a border; without the border, the inference crop", () => {
    const { width, height, border, alignment } = trainingCutOut({ width: 96, height: 96 });
    expect([width, height]).toEqual([114, 114]);
    expect(width * (1 - 2 * border)).toBeCloseTo(96, 10);
    const served = templateOf(alignmentOf({ width: 96, height: 96 }));
    for (const [i, [x, y]] of templateOf(alignment).entries()) {
      expect(x - 9).toBeCloseTo(served[i]?.[0] as number, 10);
      expect(y - 9).toBeCloseTo(served[i]?.[1] as number, 10);
    }
  });
});
