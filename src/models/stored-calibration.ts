/**
 * Storage of calibrations: in the manifest of the user's own models, and for shipped models, whose manifest is read-only,
 * in the user's data folder.
 */
import { readFile, realpath, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { dataFolder } from "../files/data-folder.ts";
import { makeFolder, orNotWritable, requireWritableFolder, writeWhole } from "../files/whole-file.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import { Calibration } from "../schemas/threshold.ts";
import { type LocatedModel, shippedModels } from "./model-store.ts";

type Located = LocatedModel<EmbeddingManifest>;

/** File of a shipped model's calibration, which may not exist; undefined for the user's own models. */
export function usersCalibrationFile({ manifest, directory }: Located): string | undefined {
  return directory === shippedModels ? join(dataFolder(), "calibrations", `${manifest.id}.json`) : undefined;
}

/**
 * File in which to store a calibration of this model; checked for writability before the measurement starts.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE
 */
export async function placeForCalibration(located: Located): Promise<string> {
  const usersFile = usersCalibrationFile(located);
  const file = usersFile ?? located.manifestFile;
  return orNotWritable(file, async () => {
    const target = usersFile ?? (await realpath(file)); // the target of a link is replaced, not the link
    await requireWritableFolder(dirname(target));
    return target;
  });
}

/**
 * Stores a calibration atomically.
 *
 * @param file from {@link placeForCalibration}
 * @throws FaceNetError OUTPUT_NOT_WRITABLE
 */
export async function storeCalibration(located: Located, file: string, calibration: Calibration): Promise<void> {
  const kept = Calibration.parse(calibration);
  await makeFolder(dirname(file));
  const content = usersCalibrationFile(located) === undefined ? { ...(await readRaw(file)), calibration: kept } : kept;
  await writeWhole(file, `${JSON.stringify(content, null, 2)}\n`, { durable: true });
}

/**
 * Removes the stored calibration.
 *
 * @returns whether there was one
 * @throws FaceNetError OUTPUT_NOT_WRITABLE
 */
export async function forgetCalibration(located: Located, file: string): Promise<boolean> {
  if (usersCalibrationFile(located) !== undefined) {
    return rm(file).then(
      () => true,
      () => false,
    );
  }
  const { calibration, ...rest } = await readRaw(file);
  if (calibration === undefined) return false;
  await writeWhole(file, `${JSON.stringify(rest, null, 2)}\n`, { durable: true });
  return true;
}

/** The manifest as its author wrote it, without defaults filled in. It has been validated before. */
async function readRaw(manifestFile: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(manifestFile, "utf8")) as Record<string, unknown>;
}
