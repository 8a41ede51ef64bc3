/** `evaluate` with a report, from pictures on disk to the page; a stand-in for the networks. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type * as z from "zod";
import type { FaceNet } from "../../src/faces/facenet.ts";
import { borrowGallery } from "../../src/gallery/access/borrow-gallery.ts";
import { encodeJpeg } from "../../src/image/encode.ts";
import { readCatalogue } from "../../src/models/model-store.ts";
import { evaluate } from "../../src/operations/evaluate.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const PEOPLE = 8;
let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder("report");
  const pairs = ["2\t4"];
  for (let person = 0; person < PEOPLE; person++) {
    const name = `person${person}`;
    await mkdir(join(folder, "images", name), { recursive: true });
    for (const image of [1, 2]) {
      const data = new Uint8Array(40 * 40 * 3).fill(20 * person + image);
      const jpeg = await encodeJpeg({ data, width: 40, height: 40 }, { maxSide: 40, quality: 90 });
      await writeFile(join(folder, "images", name, `${name}_000${image}.jpg`), jpeg);
    }
  }
  for (const fold of [0, 4]) {
    for (let i = 0; i < 4; i++) pairs.push(`person${fold + i}\t1\t2`);
    for (let i = 0; i < 4; i++) pairs.push(`person${fold + i}\t1\tperson${fold + ((i + 1) % 4)}\t2`);
  }
  await writeFile(join(folder, "pairs.txt"), `${pairs.join("\n")}\n`);
});

/** Embeds an image by its name: people lie on a circle, and one model confuses neighbours. */
async function fakeFaceNet(model: string): Promise<FaceNet> {
  const { models } = await readCatalogue();
  const manifest = models.find(({ id }) => id === model);
  const facenet = {
    model: manifest,
    calibration: { from: "model", calibratedOn: "faces of other people" },
    detector: { id: "detector.tag" },
    async *embed(paths: readonly string[]) {
      for (const [index, image] of paths.entries()) {
        const [, person = "0", number = "1"] = /person(\d)_000(\d)/.exec(basename(image)) ?? [];
        const angle =
          Number(person) * 0.7 +
          (number === "2" ? (model.startsWith("mobilefacenet.sirius") ? (Number(person) % 2 === 0 ? 0.6 : -0.6) : 0.1) : 0);
        const vector = new Float32Array(128);
        vector.set([Math.cos(angle), Math.sin(angle)]);
        const code = Int8Array.from(vector, (value) => Math.round(value * 127));
        yield {
          ok: true,
          index,
          image,
          value: { image, faces: [{ box: { x: 5, y: 5, width: 20, height: 20 }, embedding: { model, vector, code } }] },
        };
      }
    },
  };
  return facenet as unknown as FaceNet;
}

const run = (options: Partial<z.input<typeof evaluate.input>>, signal = new AbortController().signal) =>
  evaluate.run(
    evaluate.input.parse({ images: join(folder, "images"), pairs: join(folder, "pairs.txt"), resamples: 100, ...options }),
    { load: ({ model = "" }) => fakeFaceNet(model), borrowGallery, signal, onProgress: () => undefined },
  );

describe("facenet evaluate --report", () => {
  it("writes a page with the faces of wrong pairs and the model's card", async () => {
    const report = join(folder, "one.html");
    const result = await run({ report, model: ["mobilefacenet.sirius-192"] });
    expect(result).toMatchObject({ protocol: "pairs", pairs: 16, model: "mobilefacenet.sirius-192" });
    const page = (await readFile(report, "utf8")).replaceAll("<wbr>", "");
    expect(page).toContain("Evaluation of mobilefacenet.sirius-192</h1>");
    expect(page).toContain("own thresholds, chosen on faces of other people, applied to this data");
    expect(page).toContain("Licence of the weights</dt>");
    expect(page).toMatch(/<img src="data:image\/jpeg;base64,[^"]+" width="96" height="96" alt="person\d, person\d_000\d\.jpg">/);
    expect(page).not.toContain(folder);
  });

  it("omits faces on request", async () => {
    const report = join(folder, "without.html");
    await run({ report, model: ["mobilefacenet.sirius-192"], withoutPhotographs: true });
    expect(await readFile(report, "utf8")).not.toContain("<img");
  });

  it("compares models on the same pairs, each named once", async () => {
    const models = ["mobilefacenet.facenet-128", "mobilefacenet.sirius-192", "mobilefacenet.facenet-128"];
    const report = join(folder, "two.html");
    const result = await run({ report, model: models });
    if (result.protocol !== "comparison") throw new Error("one model only");
    expect(result.evaluations.map(({ model }) => model)).toEqual(models.slice(0, 2));
    expect(result.comparisons).toHaveLength(1);
    expect(result.comparisons[0]).toMatchObject({ a: models[0], b: models[1], pairs: 16 });
    expect(result.comparisons[0]?.accuracy?.onlyARight).toBeGreaterThan(0);
    expect(await readFile(report, "utf8")).toContain(">Significance<");
  });

  it("compares the labels of a column at one threshold, and warns of images without", async () => {
    const groups = join(folder, "groups.csv");
    await writeFile(
      groups,
      "person,side,all\nperson0,left,x\nperson1,left,x\nperson2,left,x\nperson3,left,x\nperson4,right,x\nperson5,right,x\nperson6,,x\n",
    );
    const report = join(folder, "groups.html");
    const result = await run({ report, groups, by: ["side"], threshold: 1 });
    if (result.protocol !== "pairs") throw new Error("another protocol than asked for");
    const [side, ...others] = result.groups;
    expect(others).toEqual([]);
    expect(side).toMatchObject({ column: "side", threshold: 1, far: null, thresholdFrom: "option" });
    expect(
      side?.labels.map(({ label, people, samePairs, differentPairs }) => [label, people, samePairs, differentPairs]),
    ).toEqual([
      ["left", 4, 4, 4],
      ["right", 2, 2, 1],
    ]);
    expect(result.warnings).toContainEqual(expect.stringMatching(/^4 of 16 images have no side$/));
    expect(await readFile(report, "utf8")).toContain("left – right</th>");
    const defaults = await run({ groups });
    if (defaults.protocol !== "pairs") throw new Error("another protocol than asked for");
    expect(defaults.groups.map(({ column, far, thresholdFrom }) => [column, far, thresholdFrom])).toEqual([
      ["side", 1e-3, "model"],
      ["all", 1e-3, "model"],
    ]);
    await expect(run({ by: ["side"] })).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(run({ groups: join(folder, "pairs.txt") })).rejects.toMatchObject({ code: "GROUPS_INVALID" });
  });

  it("writes every plot as SVG and PNG", async () => {
    const plots = join(folder, "plots");
    await run({ plots });
    expect((await readdir(plots)).sort()).toEqual(["det.png", "det.svg", "distances.png", "distances.svg", "roc.png", "roc.svg"]);
    expect((await readFile(join(plots, "roc.png"))).subarray(1, 4).toString()).toBe("PNG");
  });

  it("reports an unwritable file before reading any image, and leaves nothing behind when interrupted", async () => {
    await expect(run({ report: join(folder, "none", "x.html") })).rejects.toMatchObject({ code: "OUTPUT_NOT_WRITABLE" });
    const controller = new AbortController();
    controller.abort(new Error("stopped"));
    await expect(
      run({ report: join(folder, "stopped.html"), model: ["mobilefacenet.sirius-192"] }, controller.signal),
    ).rejects.toThrow("stopped");
    expect((await readdir(folder)).filter((name) => name.startsWith("stopped"))).toEqual([]);
  });
});
