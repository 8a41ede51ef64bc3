/** Measures thresholds and a probability on labelled faces. */
import { FaceNetError, reasonOf } from "../../errors.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import type { LabelledCalibration } from "../../schemas/calibration.ts";
import { calibrateFaces } from "../calibration.ts";
import { findCopies, withoutCopies } from "../face-set.ts";
import type { Measured } from "./calibration-place.ts";
import { loadFaces } from "./labelled-faces.ts";
import { alikeWarnings, copyWarnings, peopleAlike } from "./warnings.ts";

/** Thresholds with fewer expected errors are unreliable. */
const FEW_ERRORS = 10;
/** Calibrations on fewer people generalise poorly. */
const FEW_PEOPLE = 30;

export type CalibrateLabelledInput = Omit<Parameters<typeof loadFaces>[0], "images" | "calibration"> & {
  /** folder with one sub-folder per person; or `embeddings` */
  readonly folder?: string | undefined;
  /** target false match rates */
  readonly fars: readonly number[];
  readonly resamples: number;
  readonly seed: number;
};

/** @throws FaceNetError DATASET_INVALID for too few people or pairs; as {@link loadFaces} */
export async function calibrateLabelled(input: CalibrateLabelledInput, context: RunContext): Promise<Measured> {
  const loaded = await loadFaces({ ...input, images: input.folder, calibration: "own" }, context);
  const copies = findCopies(loaded.faces);
  const set = withoutCopies(loaded.faces);
  const figures = await calibrateFaces(set, {
    fars: input.fars,
    modelThresholds: loaded.model.thresholds,
    random: seededRandom(input.seed),
    bootstrap: { resamples: input.resamples, random: seededRandom(input.seed + 1) },
    stream: { signal: context.signal },
  }).catch((error: unknown) => {
    if (!(error instanceof RangeError)) throw error;
    throw new FaceNetError("DATASET_INVALID", { folder: input.folder ?? input.embeddings, reason: reasonOf(error) }, error);
  });
  const people = new Set(set.person).size;
  const faceCount = set.images.length;
  const warnings = [
    ...fewWarnings(figures.thresholds, input.fars, people),
    ...copyWarnings(copies),
    ...alikeWarnings(await peopleAlike(set, Math.min(...loaded.model.thresholds.map(({ distance }) => distance)))),
  ];
  return {
    version: 1,
    model: loaded.model.id,
    sha256: loaded.model.model.sha256,
    compared: set.embeddings.compared,
    people,
    faces: faceCount,
    ...figures,
    imagesWithoutFace: loaded.imagesWithoutFace,
    failures: loaded.failures,
    copies,
    warnings,
    calibratedOn: `${faceCount} faces of ${people} people (facenet calibrate), all pairs`,
  };
}

function fewWarnings(thresholds: LabelledCalibration["thresholds"], wanted: readonly number[], people: number): string[] {
  const reached = new Set(thresholds.map(({ far }) => far));
  const unreached = wanted.filter((far) => !reached.has(far));
  return [
    ...(unreached.length > 0
      ? [`too few impostor pairs for a false accept rate of ${unreached.join(", ")}: no threshold given`]
      : []),
    ...thresholds
      .filter(({ expectedFalseAccepts }) => expectedFalseAccepts < FEW_ERRORS)
      .map(
        ({ far, expectedFalseAccepts }) =>
          `FAR ${far} corresponds to ${expectedFalseAccepts.toPrecision(2)} impostor pairs; with fewer than ${FEW_ERRORS} the threshold is unreliable`,
      ),
    ...(people < FEW_PEOPLE ? [`only ${people} people: the thresholds may not generalise`] : []),
  ];
}
