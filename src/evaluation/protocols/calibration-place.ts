/** Destination of a calibration: stored for its model, so that every command uses it, or a file. */
import { FaceNetError } from "../../errors.ts";
import { DEFAULT_FMR } from "../../faces/verdict.ts";
import { jsonText } from "../../files/json-text.ts";
import { WholeFile } from "../../files/whole-file.ts";
import { locateModel } from "../../models/model-store.ts";
import { placeForCalibration, storeCalibration } from "../../models/stored-calibration.ts";
import type { LabelledCalibration } from "../../schemas/calibration.ts";

/** Smallest default rate of all commands: that of `facenet cluster`. */
const STRICTEST = 1e-4;

/** A calibration that is not written yet. */
export type Measured = Omit<LabelledCalibration, "file" | "stored">;

/** An incomplete file is discarded at the end of an `await using`. */
export type CalibrationPlace = AsyncDisposable & { readonly write: (calibration: Measured) => Promise<LabelledCalibration> };

type PlaceOptions = { readonly output?: string | undefined; readonly model: string; readonly fars: readonly number[] };

/**
 * Opened before the measurement, so that it fails early.
 *
 * @param options.output file to write; undefined: stored for the model
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; OPTION_INVALID for rates that cannot be stored; errors of `locateModel`
 */
export async function openCalibrationPlace({ output, model, fars }: PlaceOptions): Promise<CalibrationPlace> {
  if (output !== undefined) return placeInFile(output);
  if (Math.min(...fars) > STRICTEST || Math.max(...fars) < DEFAULT_FMR)
    throw new FaceNetError("OPTION_INVALID", {
      option: "fars",
      reason: `the default rates of the commands range from ${STRICTEST} to ${DEFAULT_FMR}, and a stored calibration must cover them: add these rates, or write the calibration to a file (output)`,
    });
  const located = await locateModel("embedding", model);
  const file = await placeForCalibration(located);
  const write = async (calibration: Measured): Promise<LabelledCalibration> => {
    requireEnough(calibration);
    await storeCalibration(located, file, calibration);
    return { ...calibration, file, stored: true };
  };
  return { write, [Symbol.asyncDispose]: async () => undefined };
}

/** @throws FaceNetError CALIBRATION_TOO_SMALL */
function requireEnough({ model, thresholds, differentPairs: pairs }: Measured): void {
  const reached = Math.min(...thresholds.map(({ far }) => far));
  if (reached <= STRICTEST) return;
  const photographs = Math.ceil(Math.sqrt(2 / STRICTEST)); // n (n - 1) / 2 pairs, hardly any of the same person
  throw new FaceNetError("CALIBRATION_TOO_SMALL", { model, pairs, reached, wanted: STRICTEST, photographs });
}

async function placeInFile(output: string): Promise<CalibrationPlace> {
  const file = await WholeFile.create(output);
  const write = async (measured: Measured): Promise<LabelledCalibration> => {
    const calibration = { ...measured, file: output, stored: false };
    await file.append(`${jsonText(calibration)}\n`);
    await file.commit();
    return calibration;
  };
  return { write, [Symbol.asyncDispose]: () => file[Symbol.asyncDispose]() };
}
