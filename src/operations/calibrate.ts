import * as z from "zod";
import { FaceNetError, reasonOf } from "../errors.ts";
import { calibrateFaces } from "../evaluation/calibration.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { Calibration } from "../schemas/calibration.ts";
import { findCopies, withoutCopies } from "./evaluate/copies.ts";
import { peopleAlike } from "./evaluate/doubtful-labels.ts";
import type { LabelledFaces } from "./evaluate/labelled-faces.ts";
import { loadFaces } from "./evaluate/load-faces.ts";
import { measureOptions } from "./evaluate/measure-options.ts";
import { alikeWarnings, copyWarnings } from "./evaluate/warnings.ts";
import { jsonText } from "./json-text.ts";
import { defineAnswer } from "./operation.ts";
import { WholeFile } from "./whole-file.ts";

/** Fewer expected errors than this leave a threshold to chance. */
const FEW_ERRORS = 10;
/** Fewer people than this say little about other people. */
const FEW_PEOPLE = 30;

const { embeddings, resamples, seed, compared, faces, minFaceSize, minConfidence, maxPixels, flip, aligned } = measureOptions;
const { model, detector, threads, device } = measureOptions;

export const calibrate = defineAnswer({
  name: "calibrate",
  summary: "Measures thresholds for wanted false accept rates, and what a distance means, on your own labelled photographs",
  positionals: ["folder"],
  examples: [
    { command: "facenet calibrate people/ --output people.json", says: "folder with one sub-folder a person" },
    { command: "facenet verify a.jpg b.jpg --calibration people.json", says: "then decide by it; or export FACENET_CALIBRATION" },
  ],
  input: z.strictObject({
    folder: z.string().optional().describe("folder with one sub-folder a person"),
    embeddings,
    output: z.string().min(1).default("calibration.json").describe("file to write, for --calibration"),
    fars: z
      .array(z.number().positive().max(0.5))
      .min(1)
      .default([1e-2, 1e-3, 1e-4, 1e-5])
      .describe("false accept rates to find thresholds for; those that the pairs do not reach are left out"),
    resamples,
    seed,
    compared,
    faces,
    ...{ minFaceSize, minConfidence, maxPixels, flip, aligned },
    ...{ model, detector, threads, device },
  }),
  output: Calibration,
  async run(input, context) {
    const file = await WholeFile.create(input.output); // before the long work
    let written = false;
    try {
      const loaded = await loadFaces({ ...input, images: input.folder }, context);
      const copies = findCopies(loaded.faces);
      const set = withoutCopies(loaded.faces);
      const random = seededRandom(input.seed);
      const figures = await calibrateFaces(set, {
        fars: input.fars,
        modelThresholds: loaded.model.thresholds,
        random,
        bootstrap: { resamples: input.resamples, random: seededRandom(input.seed + 1) },
        stream: { signal: context.signal },
      }).catch((error: unknown) => {
        if (!(error instanceof RangeError)) throw error;
        throw new FaceNetError("DATASET_INVALID", { folder: input.folder ?? input.embeddings, reason: reasonOf(error) }, error);
      });
      const people = new Set(set.person).size;
      const warnings = [
        ...fewWarnings(figures.thresholds, input.fars, people),
        ...copyWarnings(copies),
        ...alikeWarnings(await peopleAlike(set, Math.min(...loaded.model.thresholds.map(({ distance }) => distance)))),
      ];
      const result = {
        ...describeModel(loaded),
        people,
        faces: set.images.length,
        ...figures,
        copies,
        warnings,
        file: input.output,
      };
      const calibration = { ...result, calibratedOn: `${result.faces} faces of ${people} people (facenet calibrate), all pairs` };
      await file.append(`${jsonText(calibration)}\n`);
      await file.commit();
      written = true;
      return calibration;
    } finally {
      if (!written) await file.discard();
    }
  },
});

function describeModel({ model: manifest, faces: set, imagesWithoutFace, failures }: LabelledFaces) {
  return {
    version: 1 as const,
    model: manifest.id,
    sha256: manifest.model.sha256,
    compared: set.embeddings.compared,
    imagesWithoutFace,
    failures,
  };
}

function fewWarnings(thresholds: Calibration["thresholds"], wanted: readonly number[], people: number): string[] {
  const reached = new Set(thresholds.map(({ far }) => far));
  const unreached = wanted.filter((far) => !reached.has(far));
  return [
    ...(unreached.length > 0
      ? [`too few pairs of different people for a false accept rate of ${unreached.join(", ")}: no threshold for it`]
      : []),
    ...thresholds
      .filter(({ expectedFalseAccepts }) => expectedFalseAccepts < FEW_ERRORS)
      .map(
        ({ far, expectedFalseAccepts }) =>
          `FAR ${far} amounts to ${expectedFalseAccepts.toPrecision(2)} pairs of different people; fewer than ${FEW_ERRORS} leave its threshold to chance`,
      ),
    ...(people < FEW_PEOPLE ? [`only ${people} people: what holds for them may not hold for others`] : []),
  ];
}
