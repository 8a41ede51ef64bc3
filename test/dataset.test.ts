/** Training sets made of the sample photographs: checks for wrong labels, copies and people of a test set. */
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeJpeg } from "../src/image/encode.ts";
import { createContext, type DisposableContext } from "../src/operations/context.ts";
import { datasetApply } from "../src/operations/dataset-apply.ts";
import { datasetBuild } from "../src/operations/dataset-build.ts";
import { datasetCheck } from "../src/operations/dataset-check.ts";
import { datasetPack } from "../src/operations/dataset-pack.ts";
import { datasetStats } from "../src/operations/dataset-stats.ts";
import { DatasetRecord } from "../src/schemas/dataset.ts";
import type { RgbImage } from "../src/schemas/image-source.ts";
import { type SampleName, sampleNames, samplePhotograph } from "./sample-photographs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let root: string;
let context: DisposableContext;
const at = (...path: string[]) => join(root, ...path);

/** Crops with a margin around the face, as in training sets. */
const loose = { size: 240, alignment: { kind: "crop", margin: 200 } } as const;

beforeAll(async () => {
  root = await temporaryFolder("dataset");
  context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
  const facenet = await context.load({});
  /** Face whose centre is nearest to a column of the photograph. */
  const cut = async (name: SampleName, x: number): Promise<RgbImage> => {
    const { faces } = await facenet.align(samplePhotograph(name), { cutOut: loose });
    const offset = ({ box }: (typeof faces)[number]) => Math.abs(box.x + box.width / 2 - x);
    return faces.reduce((a, b) => (offset(b) < offset(a) ? b : a)).crop;
  };
  const put = async (path: string, picture: RgbImage, quality = 90) => {
    await mkdir(at(path, ".."), { recursive: true });
    await writeFile(at(path), await encodeJpeg(picture, { maxSide: 240, quality }));
  };
  const [ada, adaAgain] = [await cut("sample1", 1576), await cut("sample3", 1173)];
  await put("faces/Ada/1.jpg", ada);
  await put("faces/Ada/2.jpg", adaAgain);
  await put("faces/Bob/1.jpg", await cut("sample1", 931));
  await put("faces/Bob/2.jpg", await cut("sample4", 345));
  await put("faces/Carl/1.jpg", await cut("sample4", 740));
  await put("faces/Carl/2.jpg", await cut("sample6", 1269));
  await put("faces/Carl/wrong.jpg", ada, 60);
  await put("test/ADA!/1.jpg", adaAgain, 60);
  await put("test/Eve/1.jpg", await cut("sample5", 680));
  await writeFile(at("faces/Bob/letter.jpg"), "Dear Bob");
}, 120_000);
afterAll(async () => {
  await context.dispose();
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
    expect(packed.failures[0]?.message).toMatch(/^not a supported/);
  });
});

describe("a set built from photographs", () => {
  const output = () => at("built");
  const record = async () => DatasetRecord.parse(JSON.parse(await readFile(at("built/dataset.json"), "utf8")));
  const imagesOn = async () => (await datasetStats.run({ faces: output() }, context)).images;
  const build = () =>
    datasetBuild.run(
      datasetBuild.input.parse({
        photographs: at("photos"),
        output: output(),
        minImages: 2,
        far: 1e-4,
      }),
      context,
    );
  const apply = async (people: unknown) => {
    await writeFile(at("corrections.json"), JSON.stringify({ version: 1, people }));
    const input = { output: output(), corrections: at("corrections.json"), minImages: 2 };
    return datasetApply.run(datasetApply.input.parse(input), context);
  };

  beforeAll(async () => {
    await mkdir(at("photos"));
    for (const name of sampleNames) await copyFile(samplePhotograph(name), at(`photos/${name}.jpg`));
    await writeFile(at("photos/letter.jpg"), "Dear photographer");
  });

  it("has a folder for everyone in at least two photographs, with a review page", async () => {
    expect(await build()).toMatchObject({
      photographs: 6,
      people: 2,
      images: 4,
      failures: [],
      unreadable: [{ code: "IMAGE_UNKNOWN_FORMAT" }],
    });
    expect(await datasetStats.run({ faces: output() }, context)).toMatchObject({ people: 2, images: 4 });
    const page = await readFile(at("built/review.html"), "utf8");
    for (const { images } of (await record()).people) for (const { file } of images) expect(page).toContain(`src="${file}"`);
    expect(page).toMatch(/script-src 'sha256-/);
  });

  it("is rewritten without repeating finished work, and without files added by others", async () => {
    const [first] = (await record()).people;
    const file = at("built", first?.images[0]?.file as string);
    const before = (await stat(file)).mtimeMs;
    await writeFile(at("built", first?.folder as string, "mine.jpg"), "mine");
    expect(await build()).toMatchObject({ photographs: 0, people: 2, images: 4 });
    expect((await stat(file)).mtimeMs).toBe(before);
    await rm(at("built", first?.folder as string, "mine.jpg"));
  });

  it("applies corrections, and keeps them when rebuilt", async () => {
    const [one, two] = (await record()).people;
    expect(
      await apply([
        { person: one?.person, name: "Ada: Lovelace" },
        { person: two?.person, notThem: [two?.images[0]?.face] },
      ]),
    ).toMatchObject({ corrections: 2, people: 1, images: 2 });
    const people = async () => (await readdir(output())).filter((name) => !name.includes(".")).sort();
    expect(await people()).toEqual(["Ada_ Lovelace"]);
    await build();
    expect(await people()).toEqual(["Ada_ Lovelace"]);
    expect(await imagesOn()).toBe(2);
    // again, by mistake: nobody of them is there any more as they were
    expect(await apply([{ person: 999, name: "Nobody" }])).toMatchObject({ people: 1 });
    expect(await apply([{ person: one?.person, leaveOut: true }])).toMatchObject({ people: 0 });
  });

  it("reports invalid corrections, and a folder that is not a set", async () => {
    await expect(apply([{ person: "x" }])).rejects.toMatchObject({
      code: "FILE_NOT_READABLE",
      message: expect.stringContaining("corrections.json"),
    });
    const other = datasetApply.input.parse({ output: at("faces"), corrections: at("corrections.json") });
    await writeFile(at("corrections.json"), JSON.stringify({ version: 1 }));
    await expect(datasetApply.run(other, context)).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });
});
