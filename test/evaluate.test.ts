/** `facenet evaluate` on embeddings from a file: every protocol, and errors for bad input. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { lfwProtocol } from "../src/evaluation/lfw-protocol.ts";
import { encodeBytes } from "../src/metric/byte-code.ts";
import { codeDistance, normalize, squaredL2 } from "../src/metric/distance.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import { evaluate } from "../src/operations/evaluate.ts";
import type { Evaluation, Verification } from "../src/schemas/evaluation.ts";
import { type MadeUpFace, MODEL, madeUpPeople, writeFaces } from "./people-around-centres.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const SCALE = 0.35 / 127;

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder("evaluate");
});

const jsonLines = (faces: readonly MadeUpFace[], name = "e.jsonl") => writeFaces(join(folder, name), faces);

async function run(options: object): Promise<Evaluation> {
  const context = {
    load: () => Promise.reject(new Error("no model is needed")),
    signal: new AbortController().signal,
    onProgress: () => undefined,
  };
  const result = await evaluate.run(evaluate.input.parse({ resamples: 20, ...options }), context as never);
  if (result.protocol === "comparison") throw new Error("one model was asked for");
  return result;
}

async function verification(options: object): Promise<Verification> {
  const result = await run(options);
  if (result.protocol === "identification" || result.protocol === "clustering") throw new Error("another protocol");
  return result;
}

const records = madeUpPeople([...Array.from({ length: 30 }, (_, p) => 2 + (p % 3)), ...Array.from({ length: 20 }, () => 1)]);
const code = (vector: Float32Array) => encodeBytes(vector, SCALE);

describe("protocols", () => {
  it("all pairs of a folder: every pair once, with the figures of a naive loop", async () => {
    const result = await verification({ embeddings: await jsonLines(records), fars: [0.01] });
    const n = records.length;
    expect(result).toMatchObject({ protocol: "folder", pairs: (n * (n - 1)) / 2, people: 50, detector: null, model: MODEL });
    const personOf = (i: number) => records[i]?.image.split("/")[1];
    const threshold = result.modelThresholds.find(({ far }) => far === 1e-2)?.threshold as number;
    let [same, accepted] = [0, 0];
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) {
        if (personOf(i) !== personOf(j)) continue;
        same++;
        const distance = codeDistance(code(records[i]?.vector as Float32Array), code(records[j]?.vector as Float32Array));
        if (distance <= threshold) accepted++;
      }
    expect(result.samePairs).toBe(same);
    expect(result.modelThresholds.find(({ far }) => far === 1e-2)?.val).toBeCloseTo(accepted / same, 9);
    expect(result.accuracy.interval).not.toBeNull();
  });

  it("random pairs, written as a list that gives the same figures again", async () => {
    const embeddings = await jsonLines(records);
    const pairsOut = join(folder, "pairs.txt");
    const drawn = await verification({ embeddings, balanced: 30, pairsOut });
    expect(drawn).toMatchObject({ protocol: "folder", pairs: 60, samePairs: 30 });
    const again = await verification({ embeddings, pairs: pairsOut });
    expect(again).toMatchObject({ protocol: "pairs", accuracy: drawn.accuracy, val: drawn.val, auc: drawn.auc });
    await expect(readFile(pairsOut, "utf8")).resolves.toMatch(/^10\t3\n/);
  });

  it("the hold-out test, open-set identification and clustering", async () => {
    const embeddings = await jsonLines(records);
    const holdOut = await verification({ embeddings, protocol: "hold-out", splits: 5 });
    expect(holdOut).toMatchObject({ protocol: "hold-out", folds: { length: 5 }, inSample: true });
    const open = await run({ embeddings, protocol: "identification" });
    expect(open).toMatchObject({ protocol: "identification", enrolled: 30, strangers: 20, probes: records.length - 50 });
    const clusters = await run({ embeddings, protocol: "clustering" });
    expect(clusters).toMatchObject({ protocol: "clustering", faces: records.length, algorithm: "agglomerative" });
  });

  it("videos: mean over pairs of frames", async () => {
    const frames = records.map(({ image, vector }) => ({
      vector,
      image: image.replace(/_(\d+)\.jpg$/, "/video$1/1.jpg").replace(/P\d+\/(P\d+)/, "$1"),
    }));
    const result = await verification({ embeddings: await jsonLines(frames, "frames.jsonl"), protocol: "video" });
    expect(result).toMatchObject({ protocol: "video", people: 50 });
    expect(result.samePairs).toBe(samePairsThere());
  });

  it("YouTube Faces' list of video pairs: its own folds, and all frame pairs averaged, including similar frames", async () => {
    const [people, videosEach] = [30, 2];
    const random = seededRandom(8);
    const frames = madeUpPeople(
      Array.from({ length: people * videosEach }, (_, v) => 1 + (v % 4)),
      0.4,
    ).map(({ vector, image }) => {
      const video = Number(/P(\d+)\//.exec(image)?.[1]);
      return { video, vector, image: `db/P${Math.floor(video / videosEach)}/${video % videosEach}/${image.split("_")[1]}` };
    });
    for (const frame of frames.filter(({ video }) => video % 3 === 0).slice(0, 9))
      frames.push({ ...frame, image: frame.image.replace(".jpg", "-again.jpg") });
    // the two videos of a person: halfway to one centre
    const centres = Array.from({ length: people }, () => Float32Array.from({ length: 128 }, () => random() - 0.5));
    for (const { video, vector } of frames) {
      const centre = centres[Math.floor(video / videosEach)] as Float32Array;
      for (const k of vector.keys()) vector[k] = (vector[k] as number) + 0.1 * (centre[k] as number);
      normalize(vector);
    }
    const pairs = Array.from({ length: people }, (_, p) => [
      { fold: 1 + (p % 10), left: 2 * p, right: 2 * p + 1, same: true },
      { fold: 1 + (p % 10), left: 2 * p, right: (2 * p + 3) % (2 * people), same: false },
    ]).flat();
    const nameOf = (video: number) => `P${Math.floor(video / 2)}/${video % 2}`;
    const lines = pairs.map(({ fold, left, right, same }) => `${fold}, ${nameOf(left)}, ${nameOf(right)}, ${same ? 1 : 0}`);
    const list = join(folder, "splits.txt");
    await writeFile(list, ["split number, first name, second name, is same?", ...lines, "3, P0/0, P0/9, 1"].join("\n"));
    const result = await verification({
      embeddings: await jsonLines(frames, "videos.jsonl"),
      protocol: "video",
      pairs: list,
      fars: [0.1],
      compared: "floats",
    });

    const naive = pairs.map(({ left, right }) => {
      const [of, against] = [left, right].map((wanted) => frames.filter(({ video }) => video === wanted)) as [
        typeof frames,
        typeof frames,
      ];
      const all = of.flatMap((a) => against.map((b) => squaredL2(a.vector, b.vector)));
      return all.reduce((sum, distance) => sum + distance, 0) / all.length;
    });
    const expected = lfwProtocol(
      { distances: naive, same: pairs.map(({ same }) => same), fold: pairs.map(({ fold }) => fold) },
      { fars: [0.1] },
    );
    expect(result).toMatchObject({ protocol: "video", pairs: 60, samePairs: 30, skipped: 1, people: 30 });
    expect(result.folds).toHaveLength(10);
    expect(result.accuracy.mean).toBeCloseTo(expected.accuracy.mean, 6);
    expect(result.auc).toBeCloseTo(expected.auc, 6);
    expect(result.threshold).toBeCloseTo(expected.threshold, 4);
    expect(result.accuracy.mean).toBeGreaterThan(0.55);
    expect(result.accuracy.mean).toBeLessThan(1);
    expect(result.skippedPairs).toMatchObject([{ left: "P0/0", right: "P0/9" }]);
    expect(
      (await verification({ embeddings: join(folder, "videos.jsonl"), protocol: "video", pairs: list, folds: [2, 4] })).pairs,
    ).toBe(12);
  });

  it("the reference's definitions, for lists", async () => {
    const embeddings = await jsonLines(records);
    const reference = await verification({ embeddings, balanced: 30, definitions: "reference" });
    expect(reference.definitions).toBe("reference");
    for (const { threshold } of reference.folds) expect(Math.round(threshold * 100) / 100).toBeCloseTo(threshold, 9);
  });
});

function samePairsThere(): number {
  return [...Map.groupBy(records, ({ image }) => image.split("/")[1]).values()].reduce(
    (sum, { length: n }) => sum + (n * (n - 1)) / 2,
    0,
  );
}

describe("bad input", () => {
  const two = () => madeUpPeople([2, 2]);
  it.each<[string, () => Promise<object>, string, RegExp]>([
    ["one person", async () => ({ embeddings: await jsonLines(madeUpPeople([4])) }), "DATASET_INVALID", /need two people, got 1/],
    [
      "nobody with two images",
      async () => ({ embeddings: await jsonLines(madeUpPeople([1, 1])) }),
      "DATASET_INVALID",
      /a person with two faces/,
    ],
    [
      "no strangers",
      async () => ({ embeddings: await jsonLines(two()), protocol: "identification" }),
      "DATASET_INVALID",
      /no strangers/,
    ],
    [
      "NaN",
      async () => ({
        embeddings: await jsonLines([...two(), { image: "people/P9/1.jpg", vector: new Float32Array(128).fill(Number.NaN) }]),
      }),
      "EMBEDDINGS_INVALID",
      /row 4 \(people\/P9\/1.jpg\): has values that are not finite/,
    ],
    [
      "another model's",
      async () => ({ embeddings: await jsonLines(two().map((each) => ({ ...each, model: "other.net" }))) }),
      "EMBEDDINGS_INCOMPATIBLE",
      /other.net.*sface.opencv-128/,
    ],
    [
      "another size",
      async () => ({ embeddings: await jsonLines([{ image: "p/a/1.jpg", vector: Float32Array.of(1, 0) }]) }),
      "EMBEDDINGS_INVALID",
      /2 values, sface.opencv-128 makes 128/,
    ],
    ["an empty file", async () => ({ embeddings: await jsonLines([]) }), "DATASET_INVALID", /no face of 0 images/],
    ["neither images nor embeddings", async () => ({}), "OPTION_INVALID", /either a folder of images or embeddings/],
    ["both", async () => ({ images: "a", embeddings: "b" }), "OPTION_INVALID", /either/],
    ["pairs for clusters", async () => ({ embeddings: "b", pairs: "p", protocol: "clustering" }), "OPTION_INVALID", /pairs/],
    ["a list without pairs", async () => ({ embeddings: "b", protocol: "pairs" }), "OPTION_INVALID", /pairs/],
    ["pairs to write without any drawn", async () => ({ embeddings: "b", pairsOut: "p" }), "OPTION_INVALID", /balanced/],
    [
      "more random pairs than there are",
      async () => ({ embeddings: await jsonLines(two()), balanced: 50 }),
      "DATASET_INVALID",
      /same pairs wanted/,
    ],
  ])("%s is refused, with the way out", async (_, options, errorCode, message) => {
    await expect(run(await options())).rejects.toMatchObject({ code: errorCode, message });
  });

  it("skips pairs of missing images in a list, and warns", async () => {
    const embeddings = await jsonLines(madeUpPeople([3, 3]));
    const pairs = join(folder, "missing.txt");
    await writeFile(pairs, "1\t2\nP0\t1\t2\nP0\t1\t9\nP0\t1\tP1\t1\nP0\t2\tNobody\t1\n");
    const result = await verification({ embeddings, pairs });
    expect(result).toMatchObject({ pairs: 2, skipped: 2, inSample: true });
    expect(result.skippedPairs.map(({ reason }) => reason)).toEqual([
      "P0/P0_0009: no such image",
      "Nobody/Nobody_0001: no such image",
    ]);
    expect(result.warnings).toContain("2 of 4 pairs were left out; skippedPairs lists the reasons");
  });

  it("reports a list without any existing image, and where it was looked for", async () => {
    const pairs = join(folder, "none.txt");
    await writeFile(pairs, "1\t1\nA\t1\t2\nA\t1\tB\t1\n");
    await expect(run({ embeddings: await jsonLines(two()), pairs })).rejects.toMatchObject({
      code: "PAIRS_INVALID",
      message: /none of its 2 pairs could be measured \(A\/A_0001: no such image\): does the list belong to .*\.jsonl\?/,
    });
  });

  it("skips duplicate pictures in a folder, and names them", async () => {
    const people = madeUpPeople([3, 3, 2]);
    const copy = { image: "people/P1/copy.jpg", vector: people[0]?.vector as Float32Array };
    const result = await verification({ embeddings: await jsonLines([...people, copy]) });
    expect(result.copies).toEqual([{ image: "people/P1/copy.jpg", of: "people/P0/P0_0001.jpg" }]);
    expect(result.pairs).toBe((8 * 7) / 2);
    expect(result.warnings.some((warning) => warning.includes("1 images have the same embedding"))).toBe(true);
  });

  it("warns of a person under two names", async () => {
    const people = madeUpPeople([4, 3, 3, 3], 0.5);
    const split = people.map((each, i) => (i < 2 ? { ...each, image: `people/Alias/${i}.jpg` } : each));
    const result = await verification({ embeddings: await jsonLines(split) });
    expect(result.warnings.find((warning) => warning.includes("the same person under two names"))).toMatch(
      /Alias and P0|P0 and Alias/,
    );
    const clean = await verification({ embeddings: await jsonLines(people) });
    expect(clean.warnings.filter((warning) => warning.includes("two names"))).toEqual([]);
  });
});
