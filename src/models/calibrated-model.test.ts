import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { locateCalibrated } from "./calibrated-model.ts";
import { locateModel } from "./model-store.ts";

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder("calibration");
});

async function fileOf(change: object): Promise<string> {
  const { manifest } = await locateModel("embedding");
  const file = join(folder, "calibration.json");
  const calibration = {
    version: 1,
    model: manifest.id,
    sha256: manifest.model.sha256,
    compared: "floats",
    thresholds: [{ far: 0.01, distance: 1.2, val: 0.9, interval: null }],
    probability: { points: [{ distance: 1, probability: 0.5 }] },
    calibratedOn: "my photographs",
    warnings: [],
    ...change,
  };
  await writeFile(file, JSON.stringify(calibration));
  return file;
}

describe("locateCalibrated", () => {
  it("is the model itself without a calibration", async () => {
    const own = await locateModel("embedding");
    const calibration = { from: "model", calibratedOn: own.manifest.calibratedOn };
    expect(await locateCalibrated()).toEqual({ ...own, calibration });
  });

  it("takes thresholds, probability and comparison from the file, and everything else from the model", async () => {
    const own = await locateModel("embedding");
    const { manifest, directory } = await locateCalibrated(undefined, await fileOf({}));
    expect(directory).toBe(own.directory);
    expect(manifest).toEqual({
      ...own.manifest,
      embedding: { ...own.manifest.embedding, compared: "floats" },
      thresholds: [{ far: 0.01, distance: 1.2 }],
      probability: { points: [{ distance: 1, probability: 0.5 }] },
      calibratedOn: "my photographs",
    });
  });

  it("has no probability if the calibration has none", async () => {
    expect((await locateCalibrated(undefined, await fileOf({ probability: null }))).manifest).not.toHaveProperty("probability");
  });

  it.each<[string, object, RegExp]>([
    ["of another model", { model: "other.net" }, /is for other.net, not for mobilefacenet.facenet-128/],
    ["of other weights", { sha256: "0".repeat(64) }, /is for other weights/],
    ["without thresholds", { thresholds: [] }, /is not a file written by `facenet calibrate`/],
  ])("refuses a calibration %s", async (_, change, message) => {
    await expect(locateCalibrated(undefined, await fileOf(change))).rejects.toMatchObject({
      code: "CALIBRATION_INVALID",
      message,
    });
  });

  it("rejects text, and names a missing file", async () => {
    const file = join(folder, "text.json");
    await writeFile(file, "text");
    await expect(locateCalibrated(undefined, file)).rejects.toMatchObject({ code: "CALIBRATION_INVALID" });
    await expect(locateCalibrated(undefined, join(folder, "no"))).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
  });
});
