/** A training run, from the folder of photographs to the model, its log and report. */
import { rmdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { openFaceImages } from "../../datasets/person-folders.ts";
import { type Parameters as NetworkParameters, type NetworkPlan, planNetwork } from "../../engine/graph/network.ts";
import type { Device } from "../../engine/onnx-network.ts";
import { FaceNetError } from "../../errors.ts";
import type { LookOptions } from "../../faces/facenet.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { fileExists, writeWhole } from "../../files/whole-file.ts";
import { locateModel } from "../../models/model-store.ts";
import { findNetwork, withDimensions } from "../../models/networks/registry.ts";
import type { HeldOutResult, TrainingConfiguration } from "../../schemas/training.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { adaptModel, headDefaults } from "./adapt-model.ts";
import { type BaseNetwork, baseModel, openBaseNetwork, tuningDefaults } from "./base-network.ts";
import { resolveConfiguration } from "./configuration.ts";
import { type GatheredFaces, gatherFaces } from "./gather-faces.ts";
import type { PreparedFaces } from "./prepare-faces.ts";
import { embedReference, type ReferenceEmbeddings } from "./reference-embeddings.ts";
import { STUDENT_SIZE, type StudentStart, startStudent, studentNetwork } from "./student.ts";
import { EVENT_FILE, writeEventFile } from "./tensorboard.ts";
import { type Trained, trainFromScratch } from "./train-from-scratch.ts";
import { type PeopleSplit, splitPeople } from "./training-faces.ts";
import { openTrainingFolder, readCheckpoint, readWeights, type TrainingFolder } from "./training-folder.ts";

/** Evaluations on the held-out people during a run, by default. */
export const EVALUATIONS = 20;

/** The options of `facenet train`. */
export type TrainingRun = Parameters<typeof resolveConfiguration>[0] &
  LookOptions & {
    readonly data?: string | undefined;
    /** folder of the run */
    readonly output: string;
    readonly resume: boolean;
    readonly unlabelled?: string | undefined;
    /** folder of an earlier run whose weights are the initial ones */
    readonly weights?: string | undefined;
    /** Prefixes of parameters that are initialised at random instead. */
    readonly reinitialise: readonly string[];
    /** dimensions of the head for `from` */
    readonly head: number;
    readonly aligned?: boolean | undefined;
    readonly evaluateEvery?: number | undefined;
    readonly checkpointMinutes: number;
    readonly detector: string;
    readonly device: Device;
    readonly threads: number;
    readonly loaders?: number | undefined;
  };

type Outcome = Trained & Pick<PreparedFaces, "skipped"> & { readonly configuration: TrainingConfiguration };
export type FinishedTraining = Outcome & { readonly files: TrainingFolder };

/**
 * Trains a network from random weights, a checkpoint or the model `from`, or a head on that model. A run that fails before it
 * wrote anything leaves no new folder behind.
 *
 * @throws FaceNetError OPTION_INVALID; as {@link trainFromScratch} and {@link adaptModel}; the signal's reason
 */
export async function runTraining(input: TrainingRun, context: RunContext): Promise<FinishedTraining> {
  const { from, teacher, tune = teacher === undefined ? "head" : "all" } = input;
  const isHead = from !== undefined && tune === "head";
  if (isHead && teacher !== undefined)
    throw new FaceNetError("OPTION_INVALID", { option: "tune", reason: "must be all or a layer with a teacher" });
  const isNew = !(await fileExists(input.output));
  const files = await openTrainingFolder(input.output);
  const training = isHead
    ? adapted(input, from, files, context)
    : trainedWhole({ ...input, ...(from && { tune }) }, files, context);
  const outcome = await training.catch(async (error: unknown) => {
    if (isNew) for (const folder of [files.faces, files.folder]) await rmdir(folder).catch(() => undefined); // if they are empty
    throw error;
  });
  return { ...outcome, files };
}

/** Writes the report and TensorBoard's event file. @throws FaceNetError OUTPUT_NOT_WRITABLE */
export async function writeTrainingReport(
  { manifest, steps, configuration, lines, files }: FinishedTraining,
  { people, images, heldOut }: { readonly people: number; readonly images: number; readonly heldOut: HeldOutResult | null },
  now: Date,
): Promise<void> {
  await writeEventFile(join(files.folder, EVENT_FILE), lines, now.getTime() / 1000);
  const summary = {
    Model: manifest.id,
    Steps: String(steps),
    "Trained on": `${images} images of ${people} people`,
    ...(heldOut && {
      "Accuracy on other people": `${(100 * heldOut.accuracy).toFixed(1)} %`,
      AUC: heldOut.auc.toFixed(4),
    }),
  };
  const { trainingReport } = await import("./training-report.ts"); // plots take half a second to load
  await writeWhole(files.report, trainingReport({ title: `Training of ${manifest.id}`, configuration, lines, summary }));
}

async function trainedWhole(input: TrainingRun, files: TrainingFolder, context: RunContext): Promise<Outcome> {
  const saved = await readCheckpoint(files, input.resume);
  const base = await openBase(input, saved?.configuration);
  const configuration = await resolveConfiguration(
    { ...(base && !saved && tuningDefaults), ...givenOf(input), ...(base && { network: base.network.name }) },
    saved && { checkpoint: saved, file: files.checkpoint },
  );
  const unlabelled = input.unlabelled === undefined ? saved?.faces.unlabelled : resolve(input.unlabelled);
  const source = {
    folder: resolve(dataOf(input, saved?.faces.folder)),
    aligned: input.aligned ?? saved?.faces.aligned ?? false,
    ...(unlabelled !== undefined && { unlabelled }),
  };
  const plan = planNetwork(withDimensions(base?.network ?? findNetwork(configuration.network), configuration.dimensions));
  const alignment = base?.manifest.alignment;
  const found = await gatherFaces({ ...input, configuration, source, files, alignment }, plan, context);
  const { singles, ...people } = splitPeople(found.faces, configuration.heldOut, configuration.seed);
  const gathered = { configuration, source, files, plan, found, people };
  const student = base && configuration.teacher !== undefined ? await distilled(input, gathered, context) : undefined;
  const weightsOfRun = async (): Promise<NetworkParameters | undefined> =>
    input.weights === undefined
      ? base && new Map([...base.parameters, ...(student?.head ?? [])])
      : readWeights(input.weights, configuration.network, input.reinitialise);
  const settings = {
    configuration,
    plan,
    files,
    saved,
    source,
    base: base?.manifest,
    weights: saved ? undefined : await weightsOfRun(),
    reference: student?.targets ?? found.reference?.vectors,
    device: input.device,
    threads: input.threads,
    loaders: input.loaders ?? Math.min(4, Math.ceil(availableParallelism() / 2)),
    evaluateEvery: evaluateEvery(input, configuration),
    checkpointMs: input.checkpointMinutes * 60_000,
  };
  const split = { ...people, singles: [...singles, ...found.unlabelled] };
  return { ...(await trainFromScratch(settings, { ...found, split }, context)), skipped: found.skipped, configuration };
}

type Gathered = {
  readonly configuration: TrainingConfiguration;
  readonly source: Checkpoint["faces"];
  readonly files: TrainingFolder;
  readonly plan: NetworkPlan;
  readonly found: GatheredFaces;
  readonly people: Pick<PeopleSplit, "trained">;
};

/** Targets and initial linear layer of a student that starts from a base model; both models' embeddings are cached. */
async function distilled(
  input: TrainingRun,
  { configuration, source, files, plan, found, people }: Gathered,
  context: RunContext,
): Promise<StudentStart> {
  const model = await baseModel(configuration.from as string);
  const { photographOf } = found;
  const options = { ...input, aligned: source.aligned, model, option: "from", file: files.base, photographOf } as const;
  const own = await embedReference(found.faces, options, context);
  const teacher = found.reference as ReferenceEmbeddings;
  const fitted = people.trained.imagesOfPeople.map((images) => images.filter(own.has));
  return startStudent(own, teacher, fitted, plan.dimensions);
}

/** The model to fine-tune, if the run has one. @throws FaceNetError OPTION_INVALID; as {@link openBaseNetwork} */
async function openBase(input: TrainingRun, saved: TrainingConfiguration | undefined): Promise<BaseNetwork | undefined> {
  const { from = saved?.from, tune = saved?.tune ?? "all" } = input;
  const invalid = (option: string, reason: string) => new FaceNetError("OPTION_INVALID", { option, reason });
  if (from === undefined) {
    if (input.tune !== undefined) throw invalid("tune", "requires from, the model to fine-tune");
    return undefined;
  }
  if (input.network !== undefined) throw invalid("network", "does not combine with from, which names a network");
  const { teacher = saved?.teacher } = input;
  if (input.dimensions !== undefined && teacher === undefined)
    throw invalid("dimensions", "does not combine with tune, which keeps the embedding's size");
  const base = await openBaseNetwork(from, tune);
  if (teacher === undefined) return base;
  const size = input.dimensions ?? saved?.dimensions ?? STUDENT_SIZE;
  const most = base.manifest.embedding.size + (await locateModel("embedding", teacher)).manifest.embedding.size;
  if (size > most) throw invalid("dimensions", `must be at most ${most}, those of both models together, got ${size}`);
  return { ...base, network: studentNetwork(base.network, size) };
}

async function adapted(input: TrainingRun, from: string, files: TrainingFolder, context: RunContext): Promise<Outcome> {
  if (input.resume || input.network !== undefined) {
    const option = input.resume ? "resume" : "network";
    throw new FaceNetError("OPTION_INVALID", { option, reason: "does not combine with from, which trains a head in one run" });
  }
  const configuration = await resolveConfiguration({ ...headDefaults, ...givenOf(input), network: from });
  const photographs = await openFaceImages(dataOf(input));
  const settings = { ...input, from, size: input.head, configuration, files, evaluateEvery: evaluateEvery(input, configuration) };
  return { ...(await adaptModel(photographs, settings, context)), configuration };
}

const givenOf = (input: TrainingRun): Partial<TrainingRun> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));

/** @throws FaceNetError OPTION_INVALID */
function dataOf({ data }: TrainingRun, before?: string): string {
  const folder = data ?? before;
  if (folder !== undefined) return folder;
  throw new FaceNetError("OPTION_INVALID", {
    option: "data",
    reason: "is required: a folder with a sub-folder for each person, or tar shards",
  });
}

function evaluateEvery(input: TrainingRun, { steps }: TrainingConfiguration): number {
  return input.evaluateEvery ?? Math.max(1, Math.ceil(steps / EVALUATIONS));
}
