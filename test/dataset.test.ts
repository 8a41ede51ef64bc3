/** Sets of faces made of the sample photographs: what is said of wrong labels, copies and people of a test set. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeJpeg } from "../src/image/encode.ts";
import { createContext, type DisposableContext } from "../src/operations/context.ts";
import { datasetCheck } from "../src/operations/dataset-check.ts";
import { datasetPack } from "../src/operations/dataset-pack.ts";
import { datasetStats } from "../src/operations/dataset-stats.ts";
import type { RgbImage } from "../src/schemas/pixels.ts";
import { type SampleName, samplePhotograph } from "./sample-photographs.ts";

let root: string;
let context: DisposableContext;
const at = (...path: string[]) => join(root, ...path);

/** Cut-outs with room around the face, as training sets have them. */
const loose = { size: 240, alignment: { kind: "crop", margin: 200 } } as const;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "facenet-dataset-"));
  context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
  const facenet = await context.load({});
  const cut = async (name: SampleName, index: number): Promise<RgbImage> => {
    const { faces } = await facenet.align(samplePhotograph(name), { cutOut: loose });
    return faces[index]?.crop as RgbImage;
  };
  const put = async (path: string, picture: RgbImage, quality = 90) => {
    await mkdir(at(path, ".."), { recursive: true });
    await writeFile(at(path), await encodeJpeg(picture, { maxSide: 240, quality }));
  };
  const [ada, adaAgain] = [await cut("sample1", 2), await cut("sample3", 0)];
  await put("faces/Ada/1.jpg", ada);
  await put("faces/Ada/2.jpg", adaAgain);
  await put("faces/Bob/1.jpg", await cut("sample1", 0));
  await put("faces/Bob/2.jpg", await cut("sample4", 2));
  await put("faces/Carl/1.jpg", await cut("sample4", 1));
  await put("faces/Carl/2.jpg", await cut("sample6", 3));
  await put("faces/Carl/wrong.jpg", ada, 60);
  await put("test/ADA!/1.jpg", adaAgain, 60);
  await put("test/Eve/1.jpg", await cut("sample5", 0));
  await writeFile(at("faces/Bob/letter.jpg"), "Dear Bob");
}, 120_000);
afterAll(async () => {
  await context.dispose();
  await rm(root, { recursive: true, force: true });
});

const check = (faces: string) => datasetCheck.run(datasetCheck.input.parse({ faces, against: at("test") }), context);

describe("a set of faces", () => {
  it("is counted", async () => {
    expect(await datasetStats.run({ faces: at("faces") }, context)).toEqual({
      people: 3,
      images: 8,
      imagesPerPerson: { least: 2, median: 3, mean: 8 / 3, most: 3 },
      peopleWithOneImage: 0,
      positivePairs: 7,
      spread: [{ from: 2, to: 3, people: 3 }],
    });
  });

  it("is checked for wrong names, copies, and people of a test set, as a folder and as shards", async () => {
    const found = await check(at("faces"));
    expect(found.mislabelled).toMatchObject([{ image: at("faces/Carl/wrong.jpg"), person: "Carl", looksLike: "Ada" }]);
    expect(found.copies.map(({ images, onePerson }) => [images, onePerson])).toEqual([
      [[at("faces/Ada/1.jpg"), at("faces/Carl/wrong.jpg")], false],
    ]);
    expect(found.onePerson).toEqual([]);
    expect(found.overlap).toMatchObject([
      { person: "Ada", other: "ADA!", sameName: true, images: 1, copies: 1 },
      { person: "Carl", other: "ADA!", sameName: false, images: 1, copies: 0 }, // by the image that is Ada's
    ]);
    expect(found.failures).toMatchObject([{ image: at("faces/Bob/letter.jpg"), code: "IMAGE_UNKNOWN_FORMAT" }]);

    const { shards, images } = await datasetPack.run(
      datasetPack.input.parse({ faces: at("faces"), output: at("packed") }),
      context,
    );
    expect([shards.length, images]).toEqual([1, 8]);
    const packed = await check(at("packed"));
    const inShard = (path: string) => path.replace(at("faces"), at("packed/shard-000000.tar"));
    expect(packed.mislabelled.map(({ image }) => image)).toEqual(found.mislabelled.map(({ image }) => inShard(image)));
    expect(packed.failures).toMatchObject([{ image: inShard(at("faces/Bob/letter.jpg")), code: "IMAGE_UNKNOWN_FORMAT" }]);
    expect(packed.failures[0]?.message).toContain(inShard(at("faces/Bob/letter.jpg")));
  });
});
