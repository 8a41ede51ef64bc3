/** Training, evaluation and calibration of a model. Each function corresponds to the command of the same name. */
import type * as z from "zod";
import { calibrate as calibrateOperation } from "../operations/calibrate.ts";
import { createContext } from "../operations/context.ts";
import { evaluate as evaluateOperation } from "../operations/evaluate.ts";
import type { AnswerOperation } from "../operations/operation.ts";
import { train as trainOperation } from "../operations/train.ts";
import type { LabelledCalibration } from "../schemas/calibration.ts";
import type { Evaluation, ModelComparison } from "../schemas/evaluation.ts";
import { answer, type OptionsOf, type RunOptions } from "./run-operation.ts";

/** Options of {@link evaluate}, named as in `facenet evaluate` (docs/evaluation.md). */
export type EvaluateOptions = OptionsOf<typeof evaluateOperation, "model">;
/** Options of {@link calibrate}, named as in `facenet calibrate` (docs/calibration.md). */
export type CalibrateOptions = OptionsOf<typeof calibrateOperation, "gallery" | "forget">;
/** Options of {@link train}, named as in `facenet train` (docs/training.md). */
export type TrainOptions = OptionsOf<typeof trainOperation>;
/** The trained model, its folder, and its accuracy on held-out people. */
export type TrainResult = z.output<typeof trainOperation.output>;

/**
 * Evaluates an embedding on labelled photographs: accuracy, VAL at FAR, AUC and EER with confidence intervals.
 *
 * @param options.images folder with one sub-folder per person
 * @param options.pairs list of pairs in LFW's format; default: all pairs of the folder
 * @param options.protocol "pairs", "folder", "holdout", "video", "identification" or "clustering"
 * @param options.model one model, or several to compare on the same pairs. Default sface.opencv-128.
 * @param options.report HTML file to write
 * @throws FaceNetError DATASET_INVALID, PAIRS_INVALID, OPTION_INVALID, OUTPUT_NOT_WRITABLE, every MODEL_ code
 * @see Huang et al. 2007, Labeled Faces in the Wild; FaceNet, section 4
 * @example
 * import { evaluate } from "facenet128";
 * const result = await evaluate({ embeddings: "faces.jsonl" }); // written by `facenet embed`
 * if (result.protocol === "folder") console.log(result.people); // 60
 */
export function evaluate(options: EvaluateOptions & { readonly model?: string | undefined }): Promise<Evaluation>;
export function evaluate(options: EvaluateOptions & { readonly model: readonly string[] }): Promise<ModelComparison>;
export function evaluate({
  model,
  ...options
}: EvaluateOptions & { readonly model?: string | readonly string[] | undefined }): Promise<Evaluation | ModelComparison> {
  return run(evaluateOperation, { ...options, ...(model !== undefined && { model: [model].flat() }) });
}

/**
 * Calibrates a model on labelled photographs: thresholds for target false accept rates, and the probability curve
 * over distance. To calibrate a gallery without labels, use `Gallery.calibrate`.
 *
 * @param options.folder folder with one sub-folder per person
 * @param options.output file to write, for the option `calibration`. Default: stored for the model, where commands and
 *   `calibration: "stored"` find it.
 * @throws FaceNetError DATASET_INVALID, CALIBRATION_TOO_SMALL, OUTPUT_NOT_WRITABLE, every MODEL_ code
 * @example
 * import { calibrate, FaceNet } from "facenet128";
 * const { people } = await calibrate({ embeddings: "faces.jsonl", output: "people.json" });
 * console.log(people); // 60
 * const facenet = await FaceNet.load({ calibration: "people.json" });
 * console.log(facenet.calibration.from); // file
 * await facenet.dispose();
 */
export async function calibrate(
  options: CalibrateOptions & ({ readonly folder: string } | { readonly embeddings: string }),
): Promise<LabelledCalibration> {
  return (await run(calibrateOperation, options)) as LabelledCalibration; // a folder or embeddings are given, so labelled faces are used
}

/**
 * Trains an embedding from scratch, or fine-tunes a model (`from`), and writes a model folder that `FaceNet.load` accepts.
 *
 * @param options.data folder with one sub-folder per person, or tar shards
 * @param options.output folder for model, checkpoint, log and report
 * @param options.network architecture (`facenet models` lists them), or `from`: a model to fine-tune
 * @throws FaceNetError DATASET_INVALID, TRAINING_DIVERGED, CHECKPOINT_MISMATCH, OPTION_INVALID, OUTPUT_NOT_WRITABLE
 * @see FaceNet, section 3
 * @example
 * import { FaceNet, train } from "facenet128";
 * const { model, steps } = await train({
 *   data: "faces", output: "model", network: "convnet-64", steps: 2, peoplePerBatch: 3, imagesPerPerson: 2, aligned: true,
 * });
 * console.log(steps); // 2
 * const facenet = await FaceNet.load({ model: "./model" });
 * console.log(facenet.model.id === model.id); // true
 * await facenet.dispose();
 */
export function train(options: TrainOptions): Promise<TrainResult> {
  return run(trainOperation, options);
}

async function run<I extends z.ZodObject, O extends z.ZodType>(
  operation: AnswerOperation<I, O>,
  options: RunOptions & Readonly<Record<string, unknown>>,
): Promise<z.output<O>> {
  const signal = options.signal ?? new AbortController().signal;
  const world = createContext({ signal, onProgress: options.onProgress ?? (() => undefined) });
  try {
    return await answer(operation, world, {}, { ...options });
  } finally {
    await world.dispose();
  }
}
