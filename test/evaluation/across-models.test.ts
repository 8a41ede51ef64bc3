import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeBytes } from "../../src/metric/byte-code.ts";
import { codeDistance, normalize } from "../../src/metric/distance.ts";
import { seededRandom } from "../../src/metric/seeded-random.ts";
import { evaluate } from "../../src/operations/evaluate.ts";
import type { Verification } from "../../src/schemas/evaluation.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const [PEOPLE, SIZE, SCALE] = [12, 16, 1 / 127];

/** Stand-in for two models: the new one adds a little noise to the embeddings, the other rotates them. */
async function madeUp() {
  const folder = await temporaryFolder("across");
  const random = seededRandom(5);
  const vectors = new Map<string, Float32Array>();
  for (let p = 0; p < PEOPLE; p++) {
    await mkdir(join(folder, `P${p}`));
    const centre = Float32Array.from({ length: SIZE }, () => random() - 0.5);
    for (const i of [1, 2]) {
      const file = join(folder, `P${p}`, `P${p}_000${i}.jpg`);
      await writeFile(file, "");
      vectors.set(file, normalize(centre.map((value) => value + 0.5 * (random() - 0.5))));
    }
  }
  const lines = Array.from({ length: PEOPLE }, (_, p) => [`P${p}\t1\t2`, `P${p}\t1\tP${(p + 1) % PEOPLE}\t2`]);
  const folds = [lines.slice(0, 6), lines.slice(6)].map((fold) => [
    ...fold.map(([same]) => same),
    ...fold.map(([, other]) => other),
  ]);
  await writeFile(join(folder, "pairs.txt"), ["2\t6", ...folds.flat()].join("\n"));
  const seen: Record<string, (vector: Float32Array) => Float32Array> = {
    "net.old": (vector) => vector,
    "net.new": (vector) => normalize(vector.map((value, k) => value + (k % 3 ? 0.05 : -0.05))),
    "net.turned": (vector) => vector.map((_, k) => vector[(k + 5) % SIZE] as number),
  };
  const load = async ({ model }: { model: string }) => ({
    model: {
      id: model,
      embedding: { size: model === "net.small" ? 8 : SIZE, codeScale: SCALE, compared: "bytes", mirrored: false },
      thresholds: [{ far: 1e-2, distance: 1.2 }],
    },
    calibration: { from: "model", calibratedOn: "nothing" },
    detector: { id: "finder.one" },
    async *embed(paths: string[]) {
      for (const [index, image] of paths.entries()) {
        const vector = (seen[model] ?? ((v: Float32Array) => v.slice(0, 8)))(vectors.get(image) as Float32Array);
        yield {
          ok: true,
          index,
          image,
          value: { faces: [{ box: null, embedding: { vector, code: encodeBytes(vector, SCALE) } }] },
        };
      }
    },
  });
  const run = async (options: object): Promise<Verification> => {
    const input = evaluate.input.parse({ images: folder, pairs: join(folder, "pairs.txt"), resamples: 0, ...options });
    return (await evaluate.run(input, { load, signal: new AbortController().signal } as never)) as Verification;
  };
  const code = (model: string, file: string) =>
    encodeBytes((seen[model] as (v: Float32Array) => Float32Array)(vectors.get(file) as Float32Array), SCALE);
  return { run, code, folder };
}

describe("evaluate with different models for probe and gallery", () => {
  it("measures each pair in both directions, with the distances of a naive loop", async () => {
    const { run, code, folder } = await madeUp();
    const result = await run({ probeModel: "net.new", galleryModel: "net.old" });
    expect(result).toMatchObject({ model: "net.new against net.old", pairs: 4 * PEOPLE, samePairs: 2 * PEOPLE, skipped: 0 });
    let [accepted, falsely] = [0, 0];
    for (let p = 0; p < PEOPLE; p++) {
      const file = (person: number, i: number) => join(folder, `P${person}`, `P${person}_000${i}.jpg`);
      const q = (p + 1) % PEOPLE;
      for (const [a, b] of [
        [file(p, 1), file(p, 2)],
        [file(p, 2), file(p, 1)],
      ] as const)
        if (codeDistance(code("net.new", a), code("net.old", b)) <= 1.2) accepted++;
      for (const [a, b] of [
        [file(p, 1), file(q, 2)],
        [file(q, 2), file(p, 1)],
      ] as const)
        if (codeDistance(code("net.new", a), code("net.old", b)) <= 1.2) falsely++;
    }
    expect(result.modelThresholds[0]?.val).toBeCloseTo(accepted / 2 / PEOPLE, 9);
    expect(result.modelThresholds[0]?.measuredFar).toBeCloseTo(falsely / 2 / PEOPLE, 9);
  });

  it("shows that unrelated spaces do not compare", async () => {
    const { run } = await madeUp();
    const own = await run({ model: ["net.turned"] });
    const across = await run({ probeModel: "net.turned", galleryModel: "net.old" });
    expect(own.auc).toBeGreaterThan(0.9);
    expect(across.auc).toBeLessThan(0.8);
  });

  it("rejects models of different dimensions, only one of the two, and other protocols", async () => {
    const { run, folder } = await madeUp();
    const both = { probeModel: "net.new", galleryModel: "net.old" };
    await expect(run({ ...both, galleryModel: "net.small" })).rejects.toMatchObject({ code: "EMBEDDINGS_INCOMPATIBLE" });
    await expect(run({ probeModel: "net.new" })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      data: { option: "probeModel" },
    });
    const input = { images: folder, pairs: undefined, protocol: "folder" };
    await expect(run({ ...both, ...input })).rejects.toMatchObject({ data: { option: "galleryModel" } });
  });
});
