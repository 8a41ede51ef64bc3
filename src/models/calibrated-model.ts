/** A model with the thresholds that its user measured: `facenet calibrate` writes the file. */
import { readFile } from "node:fs/promises";
import { FaceNetError, reasonOf } from "../errors.ts";
import { AppliedCalibration } from "../schemas/calibration.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import { type LocatedModel, locateModel } from "./model-store.ts";

/**
 * The embedding model of a name, with the thresholds and the probability of a calibration in place of its own.
 *
 * @param calibration file of `facenet calibrate`; undefined: the model as it is
 * @throws FaceNetError CALIBRATION_INVALID for a file that is none, or of other weights; those of `locateModel`
 */
export async function locateCalibrated(name?: string, calibration?: string): Promise<LocatedModel<EmbeddingManifest>> {
  const located = await locateModel("embedding", name);
  return calibration === undefined ? located : { ...located, manifest: await calibrated(located.manifest, calibration) };
}

async function calibrated(manifest: EmbeddingManifest, file: string): Promise<EmbeddingManifest> {
  const { model, sha256, compared, thresholds, probability, calibratedOn } = await readCalibration(file);
  const invalid = (reason: string) => new FaceNetError("CALIBRATION_INVALID", { file, reason });
  if (model !== manifest.id) throw invalid(`is of ${model}, not of ${manifest.id}`);
  if (sha256 !== manifest.model.sha256) throw invalid(`is of other weights of ${model}`);
  const { probability: _, ...rest } = manifest;
  return {
    ...rest,
    embedding: { ...manifest.embedding, compared },
    thresholds,
    ...(probability !== null && { probability }),
    calibratedOn,
  };
}

async function readCalibration(file: string): Promise<AppliedCalibration> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new FaceNetError("FILE_NOT_READABLE", { file, reason: reasonOf(error) }, error);
  });
  try {
    return AppliedCalibration.parse(JSON.parse(text));
  } catch (error) {
    throw new FaceNetError("CALIBRATION_INVALID", { file, reason: "is no file that `facenet calibrate` wrote" }, error);
  }
}
