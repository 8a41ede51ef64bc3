import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import type { Calibration } from "../schemas/threshold.ts";
import { locateCalibrated, storedCalibration } from "./calibrated-model.ts";
import { locateModel } from "./model-store.ts";
import { forgetCalibration, placeForCalibration, storeCalibration, usersCalibrationFile } from "./stored-calibration.ts";

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder("stored");
  vi.stubEnv("XDG_DATA_HOME", join(folder, "data"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
});

/** A user's own model in a folder, as far as its manifest goes. */
async function ownModel(directory = join(folder, "own")) {
  await mkdir(directory, { recursive: true });
  const { manifest } = await locateModel("embedding");
  await writeFile(join(directory, "manifest.json"), JSON.stringify({ ...manifest, id: "own.v1" }));
  return locateModel("embedding", directory);
}

const calibrationOf = ({ manifest }: Awaited<ReturnType<typeof ownModel>>, distance = 0.9): Calibration => ({
  version: 1,
  model: manifest.id,
  sha256: manifest.model.sha256,
  compared: "bytes",
  thresholds: [{ far: 0.001, distance }],
  probability: null,
  calibratedOn: "my photographs",
});

describe("a stored calibration", () => {
  it("of a shipped model is the user's: the library uses it only on request", async () => {
    const located = await locateModel("embedding");
    expect(await storedCalibration(located)).toBeUndefined();
    const file = await placeForCalibration(located);
    expect(file).toBe(join(folder, "data", "facenet", "calibrations", `${located.manifest.id}.json`));
    await storeCalibration(located, file, calibrationOf(located));
    expect((await locateCalibrated(undefined, "stored")).manifest.thresholds).toEqual([{ far: 0.001, distance: 0.9 }]);
    expect((await locateCalibrated()).calibration.from).toBe("model");
    expect((await locateCalibrated(undefined, "own")).calibration.from).toBe("model");
  });

  it("of a user's own model is in the manifest, for all readers", async () => {
    const located = await ownModel();
    expect(usersCalibrationFile(located)).toBeUndefined();
    await storeCalibration(located, await placeForCalibration(located), calibrationOf(located));
    for (const calibration of [undefined, "stored"]) {
      const { manifest, calibration: origin } = await locateCalibrated(located.directory, calibration);
      expect(manifest).toMatchObject({ thresholds: [{ distance: 0.9 }], calibratedOn: "my photographs" });
      expect(manifest).not.toHaveProperty("probability");
      expect(origin).toEqual({ from: "stored", calibratedOn: "my photographs" });
    }
    const own = await locateCalibrated(located.directory, "own");
    expect(own.manifest).toEqual(located.manifest);
  });

  it("replaces the previous one, and is deleted without a trace", async () => {
    const located = await ownModel();
    const before = JSON.parse(await readFile(located.manifestFile, "utf8"));
    for (const distance of [0.9, 0.8]) await storeCalibration(located, located.manifestFile, calibrationOf(located, distance));
    expect((await locateCalibrated(located.directory)).manifest.thresholds[0]?.distance).toBe(0.8);
    expect(await forgetCalibration(located, located.manifestFile)).toBe(true);
    expect(JSON.parse(await readFile(located.manifestFile, "utf8"))).toEqual(before);
    expect(await forgetCalibration(located, located.manifestFile)).toBe(false);
    expect(await readdir(located.directory)).toEqual(["manifest.json"]);
  });

  it("is written through a link, which is kept", async () => {
    const real = await ownModel(join(folder, "real"));
    await mkdir(join(folder, "linked"));
    await symlink(real.manifestFile, join(folder, "linked", "manifest.json"));
    const located = await locateModel("embedding", join(folder, "linked"));
    const file = await placeForCalibration(located);
    expect(file).toBe(real.manifestFile);
    await storeCalibration(located, file, calibrationOf(located));
    expect((await locateCalibrated(real.directory)).calibration.from).toBe("stored");
  });

  it("that cannot be written leaves the manifest unchanged", async () => {
    const located = await ownModel();
    await copyFile(located.manifestFile, join(folder, "before.json"));
    await mkdir(`${located.manifestFile}.part`); // in the way of the write
    await expect(storeCalibration(located, located.manifestFile, calibrationOf(located))).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
    });
    expect(await readFile(located.manifestFile, "utf8")).toBe(await readFile(join(folder, "before.json"), "utf8"));
  });

  it("of other weights is rejected, naming its file", async () => {
    const located = await ownModel();
    const stale = { ...calibrationOf(located), sha256: "0".repeat(64) };
    await storeCalibration(located, located.manifestFile, stale);
    await expect(locateCalibrated(located.directory)).rejects.toMatchObject({
      code: "CALIBRATION_INVALID",
      data: { file: located.manifestFile },
    });
    expect((await locateCalibrated(located.directory, "own")).calibration.from).toBe("model");
  });
});
