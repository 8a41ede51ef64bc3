/** Model with a user's calibration: one stored by `facenet calibrate`, or a file. */
import { FaceNetError } from "../errors.ts";
import { readText } from "../files/read-file.ts";
import type { EmbeddingManifest } from "../schemas/model-manifest.ts";
import { Calibration, type ThresholdOrigin } from "../schemas/threshold.ts";
import { type LocatedModel, locateModel } from "./model-store.ts";
import { usersCalibrationFile } from "./stored-calibration.ts";

/** A manifest with the thresholds and probability to use, and their source. */
export type CalibratedModel = LocatedModel<EmbeddingManifest> & { readonly calibration: ThresholdOrigin };

/**
 * Locates an embedding model and replaces its thresholds and probability by those of a calibration.
 *
 * @param calibration `stored`: for the user's own models the one in the manifest, for a shipped model the one in the user's data
 *   folder, if any; `own`: the model's original thresholds; otherwise a file of `facenet calibrate`. undefined: the manifest's
 *   calibration, if any; no other file is read
 * @throws FaceNetError CALIBRATION_INVALID for another kind of file, or a calibration of other weights;
 * FILE_NOT_READABLE; errors of `locateModel`
 */
export async function locateCalibrated(name?: string, calibration?: string): Promise<CalibratedModel> {
  const located = await locateModel("embedding", name);
  const found = await findCalibration(located, calibration);
  const { calibration: _, ...manifest } = located.manifest;
  if (!found) return { ...located, manifest, calibration: { from: "model", calibratedOn: manifest.calibratedOn } };
  return applied({ ...located, manifest }, found);
}

/**
 * Stored calibration of a model, located as in `locateCalibrated`; undefined if there is none. @throws FaceNetError
 * CALIBRATION_INVALID
 */
export async function storedCalibration(located: LocatedModel<EmbeddingManifest>): Promise<Calibration | undefined> {
  if (located.manifest.calibration) return located.manifest.calibration;
  const file = usersCalibrationFile(located);
  const text = file === undefined ? undefined : await readText(file).catch(() => undefined); // absent unless stored
  return file === undefined || text === undefined ? undefined : parseCalibration(text, file);
}

type Found = Calibration & { readonly from: "stored" | "file"; readonly file: string };

async function findCalibration(located: LocatedModel<EmbeddingManifest>, wanted: string | undefined): Promise<Found | undefined> {
  const { manifestFile } = located;
  if (wanted === "own") return undefined;
  if (wanted === "stored") {
    const stored = await storedCalibration(located);
    return stored && { ...stored, from: "stored", file: usersCalibrationFile(located) ?? manifestFile };
  }
  if (wanted !== undefined) return { ...parseCalibration(await readText(wanted), wanted), from: "file", file: wanted };
  const { calibration } = located.manifest;
  return calibration && { ...calibration, from: "stored", file: manifestFile };
}

function applied(
  located: LocatedModel<EmbeddingManifest>,
  { model, sha256, compared, thresholds, probability, calibratedOn, from, file }: Found,
): CalibratedModel {
  const { manifest } = located;
  const invalid = (reason: string) => new FaceNetError("CALIBRATION_INVALID", { file, reason });
  if (model !== manifest.id) throw invalid(`is for ${model}, not for ${manifest.id}`);
  if (sha256 !== manifest.model.sha256) throw invalid(`is for other weights of ${model}`);
  const { probability: _, ...rest } = manifest;
  return {
    ...located,
    manifest: {
      ...rest,
      embedding: { ...manifest.embedding, compared },
      thresholds,
      ...(probability !== null && { probability }),
      calibratedOn,
    },
    calibration: { from, calibratedOn },
  };
}

function parseCalibration(text: string, file: string): Calibration {
  try {
    return Calibration.parse(JSON.parse(text));
  } catch (error) {
    throw new FaceNetError("CALIBRATION_INVALID", { file, reason: "is not a file written by `facenet calibrate`" }, error);
  }
}
