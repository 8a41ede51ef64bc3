/** `facenet calibrate`, and the use of its result by other commands. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { FaceNet } from "../src/faces/facenet.ts";
import { encodeBytes } from "../src/metric/byte-code.ts";
import { codeDistance } from "../src/metric/distance.ts";
import { locateCalibrated } from "../src/models/calibrated-model.ts";
import { calibrate } from "../src/operations/calibrate.ts";
import { evaluate } from "../src/operations/evaluate.ts";
import { LabelledCalibration } from "../src/schemas/calibration.ts";
import { MODEL, madeUpPeople, writeFaces } from "./people-around-centres.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder("calibrate");
});

const context = {
  load: () => Promise.reject(new Error("no model is needed")),
  signal: new AbortController().signal,
  onProgress: () => undefined,
} as never;
const people = madeUpPeople(Array.from({ length: 60 }, (_, p) => 2 + (p % 4)));

async function run(options: object = {}) {
  const embeddings = await writeFaces(join(folder, "e.jsonl"), people);
  const output = join(folder, "calibration.json");
  const result = LabelledCalibration.parse(
    await calibrate.run(calibrate.input.parse({ embeddings, output, resamples: 100, ...options }), context),
  );
  return { result, output, embeddings };
}

describe("calibrate", () => {
  it("finds the same thresholds as sorting all different pairs", async () => {
    const { result } = await run();
    const codes = people.map(({ vector }) => encodeBytes(vector, 0.35 / 127));
    const personOf = (i: number) => people[i]?.image.split("/")[1];
    const strangers: number[] = [];
    for (let i = 0; i < codes.length; i++)
      for (let j = 0; j < i; j++)
        if (personOf(i) !== personOf(j)) strangers.push(codeDistance(codes[i] as Int8Array, codes[j] as Int8Array));
    strangers.sort((a, b) => a - b);
    expect(result).toMatchObject({ people: 60, faces: people.length, differentPairs: strangers.length, model: MODEL });
    for (const { far, distance, interval, farInterval } of result.thresholds) {
      // distances are counted in bins of 2^-14: the first stranger too many lies beyond, the last allowed one within
      const allowed = Math.floor(far * strangers.length);
      expect(distance).toBeLessThan(strangers[allowed] as number);
      expect(strangers.filter((d) => d <= distance).length).toBeLessThanOrEqual(allowed);
      expect(distance).toBeGreaterThan((strangers[allowed - 1] ?? 0) - 2 / 16_384);
      expect(interval?.low).toBeLessThanOrEqual(distance);
      expect(interval?.high).toBeGreaterThanOrEqual(distance);
      expect(farInterval?.low).toBeLessThanOrEqual(far);
    }
    expect(result.thresholds.map(({ far }) => far)).toEqual([1e-2, 1e-3, 1e-4]);
    expect(result.warnings.join()).toMatch(/too few impostor pairs for a false accept rate of 0.00001/);
    expect(result.warnings.join()).toMatch(/FAR 0.0001 corresponds to \d/);
  });

  it("selects the probability that is better in cross-validation", async () => {
    const { result } = await run();
    const { logistic, isotonic } = result.logLoss;
    expect("slope" in (result.probability ?? {})).toBe((logistic ?? Number.POSITIVE_INFINITY) <= isotonic);
    expect(Math.min(logistic ?? 1, isotonic)).toBeLessThan(0.3);
    for (const { predicted, observed, interval, pairs } of result.reliability)
      if (pairs > 200) {
        expect(Math.abs(predicted - observed)).toBeLessThan(0.25);
        expect(interval?.low).toBeLessThan(observed);
        expect(interval?.high).toBeGreaterThan(observed);
      }
  });

  it("draws the reliability diagram, or leaves no picture behind", async () => {
    const diagram = join(folder, "diagram.svg");
    await run({ diagram });
    const svg = await readFile(diagram, "utf8");
    expect(svg).toMatch(/Reliability of probabilities: sface\.opencv-128/);
    expect(svg).toMatch(/log loss 0\.\d{3}/);
    const none = join(folder, "none.svg");
    await expect(run({ diagram: none, fars: [1e-9] })).rejects.toMatchObject({ code: "DATASET_INVALID" });
    await expect(readFile(none)).rejects.toThrow("ENOENT");
    await expect(readFile(`${none}.part`)).rejects.toThrow("ENOENT");
  });

  it("writes a file that other commands use", async () => {
    const { result, output, embeddings } = await run();
    expect(JSON.parse(await readFile(output, "utf8"))).toMatchObject({ version: 1, model: MODEL });
    const { manifest } = await locateCalibrated(undefined, output);
    expect(manifest.thresholds).toEqual(result.thresholds.map(({ far, distance }) => ({ far, distance })));
    const facenet = await FaceNet.load({ calibration: output, threads: 1 });
    expect(facenet.model.thresholds).toEqual(manifest.thresholds);
    expect(facenet.calibration).toEqual({ from: "file", calibratedOn: result.calibratedOn });
    await facenet.dispose();
    const measured = await evaluate.run(evaluate.input.parse({ embeddings, calibration: output, resamples: 0 }), context);
    if (measured.protocol !== "folder") throw new Error("another protocol");
    for (const [i, { measuredFar, far }] of measured.modelThresholds.entries()) {
      expect(measuredFar).toBeLessThanOrEqual(far);
      expect(measured.modelThresholds[i]?.threshold).toBe(result.thresholds[i]?.distance);
    }
  });

  it.each<[string, number[], RegExp]>([
    ["one person", [5], /need two people/],
    ["people of one face", [1, 1, 1], /a person with two faces/],
    ["too few pairs for any rate", [2, 2], /4 pairs of different people are too few .* which requires 100/],
  ])("refuses %s and leaves no file behind", async (_, counts, message) => {
    const embeddings = await writeFaces(join(folder, "few.jsonl"), madeUpPeople(counts));
    const output = join(folder, "none.json");
    const attempt = calibrate.run(calibrate.input.parse({ embeddings, output }), context);
    await expect(attempt).rejects.toMatchObject({ code: "DATASET_INVALID", message });
    await expect(readFile(output)).rejects.toThrow("ENOENT");
    await expect(readFile(`${output}.part`)).rejects.toThrow("ENOENT");
  });
});
