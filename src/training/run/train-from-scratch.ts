/** `facenet train`: trains a network from random weights or a checkpoint, logs, evaluates and writes the model. */

import { basename, resolve } from "node:path";
import type { FaceImages } from "../../datasets/face-images.ts";
import { inferenceModel, initialParameters, type NetworkPlan, type Parameters } from "../../engine/graph/network.ts";
import type { Device } from "../../engine/onnx-network.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { seededRandom, streamSeed } from "../../metric/seeded-random.ts";
import { type ModelDescription, writeModelFolder } from "../../models/model-folder.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import type { TrainingConfiguration, TrainingStep } from "../../schemas/training.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { collapseWatch } from "../collapse-watch.ts";
import { FaceLoader, pixelScaling } from "../face-loader.ts";
import { embedHeldOut, heldOutFigures, loadHeldOut, type ModelThresholds, thresholdsOf } from "../held-out.ts";
import { NetworkTrainer, parametersOf } from "../network-trainer.ts";
import { createObjective } from "../objective.ts";
import { estimateStatistics } from "../re-estimate.ts";
import { trainNetwork } from "../train-network.ts";
import { trainerOptionsOf } from "./configuration.ts";
import { alignmentOf } from "./prepare-faces.ts";
import type { FoundFaces, PeopleSplit } from "./training-faces.ts";
import { type TrainingFolder, writeCheckpoint } from "./training-folder.ts";
import { progressOf, TrainingLog, type TrainingLogLine, unreadableIn } from "./training-log.ts";

export type TrainSettings = {
  readonly configuration: TrainingConfiguration;
  readonly plan: NetworkPlan;
  readonly files: TrainingFolder;
  readonly saved: Checkpoint | undefined;
  /** The model that training starts from. */
  readonly base?: EmbeddingManifest | undefined;
  /** Initial weights of a new run; missing ones are random. */
  readonly weights?: Parameters | undefined;
  /** [all images, dimensions] embeddings of the faces by the teacher, or by the model to be compatible with. */
  readonly reference?: Float32Array | undefined;
  /** Origin of the faces, for the checkpoint. */
  readonly source: Checkpoint["faces"];
  readonly device: Device;
  /** Threads of the engine; 0 lets it choose. */
  readonly threads: number;
  /** Threads that decode images. */
  readonly loaders: number;
  /** Steps between evaluations on the held-out people. */
  readonly evaluateEvery: number;
  readonly checkpointMs: number;
};

/** Faces for training and validation. */
export type SplitFaces = Pick<FoundFaces, "border"> & { readonly split: PeopleSplit };

export type Trained = {
  readonly manifest: EmbeddingManifest;
  readonly steps: number;
  readonly split: PeopleSplit;
  readonly lines: readonly TrainingLogLine[];
};

/**
 * @throws the signal's reason, after a checkpoint; FaceNetError FACES_UNUSABLE, TRAINING_DIVERGED, OUTPUT_NOT_WRITABLE,
 * PARAMETERS_MISMATCH, DEVICE_NOT_AVAILABLE
 */
export async function trainFromScratch(settings: TrainSettings, faces: SplitFaces, context: RunContext): Promise<Trained> {
  const { configuration, plan, files, saved, source, base, device, threads, loaders, evaluateEvery, checkpointMs } = settings;
  const { signal, onProgress } = context;
  const { split, border } = faces;
  const { trained, heldOut } = split;
  const startAt = saved?.step ?? 0;
  await using open = new AsyncDisposableStack();
  const disposable = <T extends { dispose: () => Promise<void> }>(it: T): T => open.adopt(it, () => it.dispose());

  const loaderOf = (augmentations: TrainingConfiguration["augment"]): FaceLoader =>
    disposable(FaceLoader.start({ ...plan.network.input, border, augmentations }, loaders));
  const trainer = disposable(createTrainer(settings));
  const objective = disposable(
    createObjective({
      ...configuration,
      people: trained.people.length,
      size: plan.dimensions,
      threads,
      ...(settings.reference && { reference: settings.reference }),
      ...(saved && { learned: saved.learned }),
    }),
  );
  const measured = await loadHeldOut(heldOut ?? trained, loaderOf([]));
  const log = await TrainingLog.open(files.log, startAt);
  const adviceOf = configuration.loss === "triplet" ? collapseWatch(configuration) : () => undefined;

  const save = async (step: number, rate: number): Promise<void> => {
    const checkpoint = { configuration, step, trainer: await trainer.save(), learned: objective.learned, faces: source };
    await writeCheckpoint(files, checkpoint, rate);
  };
  const trainingLoader = loaderOf(configuration.augment);
  /** Parameters for inference. */
  const served = async (): Promise<Map<string, Float32Array>> => {
    const parameters = parametersOf(await trainer.save(), true);
    const statistics = await estimateStatistics({ configuration, trainer, loader: trainingLoader, faces: trained });
    return new Map([...parameters, ...statistics]);
  };
  const evaluate = async (step: number): Promise<Float32Array> => {
    const parameters = await served();
    const vectors = await embedHeldOut(plan, parameters, measured, { device, threads }, base?.embedding.mirrored);
    if (heldOut) await log.add({ kind: "held-out", ...heldOutFigures(vectors, plan.dimensions, measured.labels, step) });
    return vectors;
  };

  if (!saved) {
    await evaluate(0);
    await save(0, configuration.learningRate);
  }
  const started = performance.now();
  let [savedAt, rate] = [started, configuration.learningRate];
  const onStep = async (line: TrainingStep): Promise<void> => {
    const { step } = line;
    rate = line.learningRate;
    const perSecondSoFar = (1000 * (step - startAt)) / (performance.now() - started);
    const advice =
      adviceOf(line) ?? (step === startAt + STEPS_TIMED ? longRunAdvice(configuration.steps - step, perSecondSoFar) : undefined);
    await log.add({ kind: "step", ...line }, ...(advice === undefined ? [] : [{ kind: "advice", step, advice } as const]));
    if (step % evaluateEvery === 0 && step < configuration.steps) await evaluate(step);
    const now = performance.now();
    const perSecond = (1000 * (step - startAt)) / (now - started);
    onProgress(progressOf(line, { steps: configuration.steps, perSecond, elapsedMs: now - started, lines: log.lines, advice }));
    if (now - savedAt < checkpointMs) return;
    await save(step, rate);
    savedAt = performance.now();
  };
  const known = new Set(unreadableIn(log.lines).map(({ image }) => image));
  const done = await trainNetwork({
    configuration,
    trainer,
    objective,
    loader: trainingLoader,
    faces: trained,
    singles: split.singles,
    startAt,
    signal,
    now: () => performance.now(),
    onStep,
    async onUnreadable(step, images) {
      const fresh = images.filter(({ image }) => !known.has(image));
      for (const { image } of fresh) known.add(image);
      await log.add(...fresh.map(({ position: _, ...failure }) => ({ kind: "unreadable", step, ...failure }) as const));
    },
  });
  await save(done, rate);
  signal.throwIfAborted();

  const calibration = thresholdsOf(await evaluate(done), plan.dimensions, measured.labels);
  const isHeldOut = heldOut !== undefined;
  const facts = { configuration, plan, base, folder: files.folder, trained, measured, isHeldOut, calibration };
  const model = inferenceModel(plan, await served());
  const manifest = await writeModelFolder(files.folder, describeModel({ ...facts, steps: done }), model);
  return { manifest, steps: done, split, lines: log.lines };
}

/** Steps after which the duration of the run is estimated. */
const STEPS_TIMED = 3;
const LONG_HOURS = 12;

/** Advice at the start of a run of many hours; undefined for shorter ones. */
export function longRunAdvice(stepsLeft: number, perSecond: number): string | undefined {
  const hours = stepsLeft / perSecond / 3600;
  if (!(hours > LONG_HOURS)) return undefined;
  const time = hours < 48 ? `${Math.round(hours)} hours` : `${Math.round(hours / 24)} days`;
  return `long: at ${(1 / perSecond).toPrecision(2)} s per step, the remaining ${stepsLeft} steps take about ${time}. Fewer steps, a smaller mini-batch (people per batch, images per person) or a smaller network shorten it; a stopped run can be resumed.`;
}

function createTrainer({ configuration, plan, saved, weights, device, threads }: TrainSettings): NetworkTrainer {
  const random = initialParameters(plan, seededRandom(streamSeed(configuration.seed, "initial")));
  const from = saved?.trainer ?? new Map([...random, ...(weights ?? [])]);
  return NetworkTrainer.create(plan, from, { ...trainerOptionsOf(configuration), device, threads });
}

export type ModelFacts = {
  readonly configuration: TrainingConfiguration;
  readonly plan: NetworkPlan;
  readonly base?: EmbeddingManifest | undefined;
  readonly folder: string;
  readonly trained: FaceImages;
  /** Data on which thresholds were measured. */
  readonly measured: { readonly people: number; readonly labels: Uint32Array };
  readonly isHeldOut: boolean;
  readonly calibration: ModelThresholds;
  readonly steps: number;
};

export function describeModel({
  configuration,
  plan,
  base,
  folder,
  trained,
  measured,
  isHeldOut,
  calibration,
  steps,
}: ModelFacts): ModelDescription {
  const { name, input } = plan.network;
  const { mean, scale } = pixelScaling;
  const { codeScale, ...decisions } = calibration;
  const images = trained.imagesOfPeople.reduce((sum, { length }) => sum + length, 0);
  const { compatibleWith, teacher, tune } = configuration;
  const byTriplets = `triplet loss, ${configuration.miner} mining${compatibleWith === undefined ? "" : `, compatible with ${compatibleWith}`}`;
  const byTeacher = `distillation of ${teacher}`;
  const loss = { triplet: byTriplets, distillation: byTeacher }[configuration.loss as string] ?? configuration.loss;
  const course = `${images} images of ${trained.people.length} people, ${steps} steps, ${loss}, seed ${configuration.seed}`;
  const begun = base
    ? {
        id: `${base.id.split(".")[0]}.${tagOf(folder)}`,
        summary: `${base.id}, fine-tuned ${tune === "all" ? "" : `from ${tune} on `}on ${trained.people.length} people`,
        licence: `${base.licence}, and that of the images it was fine-tuned on`,
        origin: { ...base.origin, training: `${base.origin.training}; fine-tuned: ${course}` },
        alignment: base.alignment,
      }
    : {
        id: `${name}.${tagOf(folder)}`,
        summary: `${name}, trained from random weights on ${trained.people.length} people`,
        licence: "that of the images it was trained on",
        origin: { package: "own training", training: course },
        alignment: alignmentOf(input),
      };
  return {
    ...begun,
    input: { ...input, layout: "nchw", channels: "rgb", normalization: "fixed", mean: [mean, mean, mean], scale, batch: "any" },
    embedding: {
      size: plan.dimensions,
      metric: "squared-l2",
      codeScale,
      mirrored: base?.embedding.mirrored ?? false,
      compared: "bytes",
    },
    ...decisions,
    calibratedOn: `all pairs of ${measured.labels.length} faces of ${measured.people} people ${isHeldOut ? "held out of the training" : "it was trained on, so its rates are optimistic: too few people to hold any out"}`,
    measured: [],
  };
}

/** Folder name as the tag of a model id: lower-case letters, digits and dashes. */
export function tagOf(folder: string): string {
  const tag = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return tag === "" ? "trained" : tag;
}
