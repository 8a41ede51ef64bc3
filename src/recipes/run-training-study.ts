/** Studies that train one network per level and evaluate each on the same pairs. */
import { hash } from "node:crypto";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { type FaceImages, type ImagePlace, peopleOf, placeName } from "../datasets/face-images.ts";
import { type Network, type NetworkPlan, planNetwork } from "../engine/graph/network.ts";
import type { Device } from "../engine/onnx-network.ts";
import { faceSetOf } from "../evaluation/face-set.ts";
import type { FaceNet, FaceNetOptions, LookOptions } from "../faces/facenet.ts";
import type { RunContext } from "../faces/run-context.ts";
import { fileExists } from "../files/whole-file.ts";
import { encodeBytes } from "../metric/byte-code.ts";
import { seededRandom, streamSeed } from "../metric/seeded-random.ts";
import { findNetwork, withDimensions } from "../models/networks/registry.ts";
import type { Experiment, TrainingStudy } from "../schemas/experiment.ts";
import { TrainingConfiguration, trainingDefaults } from "../schemas/training.ts";
import { type SplitFaces, trainFromScratch } from "../training/run/train-from-scratch.ts";
import { findFaces, type PeopleSplit, splitPeople } from "../training/run/training-faces.ts";
import { openTrainingFolder, readCheckpoint } from "../training/run/training-folder.ts";
import { createLevelTable, type PairData, type StudyOptions } from "./level-table.ts";
import { differenceOf, studyPlans, trainingLevels } from "./studies.ts";
import { cachedVectors, cacheFaces, embedded, ownCutOut, type Vectors } from "./study-cache.ts";

/**
 * Training settings of the committed studies: TensorFlow's AdaGrad, and a tenth of the learning rate at the end. Each
 * level changes some of them.
 */
export const studyTraining = {
  ...trainingDefaults,
  optimizer: "adagrad",
  initialAccumulator: 0.1,
  epsilon: 0,
  learningRate: 0.05,
  rateSchedule: "step",
  warmup: 0,
  weightDecay: 0,
  network: "convnet-64",
  steps: 600,
  peoplePerBatch: 24,
  imagesPerPerson: 6,
  chunk: 144,
  augment: ["flip", "crop", "colour"],
} as const;

export type TrainingStudyData = PairData & {
  /** Folder of the training people, or tar shards. */
  readonly training: string;
  readonly network: string;
  readonly steps: number;
  readonly seed: number;
  readonly cache: string;
  readonly look: LookOptions;
  readonly engine: Pick<FaceNetOptions, "detector" | "threads" | "device">;
};

type StudyResult = Pick<
  Experiment,
  "question" | "difference" | "compared" | "far" | "levels" | "pairs" | "skipped" | "model" | "training"
>;

/**
 * @throws FaceNetError FACES_UNUSABLE, OUTPUT_NOT_WRITABLE, NETWORK_NOT_FOUND; RangeError if the pairs cannot be
 * evaluated; the signal's reason
 */
export async function runTrainingStudy(
  study: TrainingStudy,
  data: TrainingStudyData,
  options: StudyOptions,
  context: RunContext,
): Promise<StudyResult> {
  const { network, steps, seed, cache, engine } = data;
  const source = resolve(data.training);
  const base = TrainingConfiguration.parse({ ...studyTraining, network, steps, seed: studyTraining.seed + seed - 1 });
  const facesFor = async ({ input }: Network) => {
    const kept = hash("sha256", JSON.stringify([source, input])).slice(0, 16);
    const sought = { ...data.look, data: source, aligned: false, facesFolder: join(cache, `training-${kept}`) };
    const { faces, border } = await findFaces({ ...sought, detector: engine.detector as string }, input, context);
    return { border, split: splitPeople(faces, base.heldOut, base.seed) };
  };
  let split: PeopleSplit | undefined;
  const settings = {
    source,
    device: engine.device ?? "cpu",
    threads: engine.threads ?? 0,
    loaders: Math.min(4, Math.ceil(availableParallelism() / 2)),
  };

  const table = createLevelTable(data, options);
  for (const level of trainingLevels[study]) {
    const configuration = { ...base, ...level.changes };
    const plan = planNetwork(withDimensions(findNetwork(configuration.network), configuration.dimensions));
    const found = await facesFor(plan.network);
    split = found.split;
    const faces = { border: found.border, split: partOf(found.split, level.share, base.seed) };
    const folder = await trainLevel({ ...settings, plan, configuration, faces }, cache, context);
    const facenet = await context.load({ ...engine, model: `${folder}/` });
    const vectors = await vectorsOf(facenet, data);
    const { codeScale } = facenet.model.embedding;
    const codes = [...vectors.values()].map((vector) => encodeBytes(vector, codeScale));
    const images = [...vectors.keys()].map((image) => ({ image, person: data.personOf(image) }));
    table.add(level, faceSetOf(images, codes, "bytes"), facenet.model);
    await facenet.dispose();
  }
  const { people, imagesOfPeople } = (split as PeopleSplit).trained; // of the last level, as of all: a study has some
  return {
    question: studyPlans[study].question,
    difference: differenceOf(study),
    compared: "bytes",
    far: options.far,
    model: study === "networks" ? "networks of ours" : network,
    training: {
      network: study === "networks" ? "each level's" : network,
      steps,
      imagesPerStep: base.peoplePerBatch * base.imagesPerPerson,
      people: people.length,
      images: imagesOfPeople.flat().length,
      seed: base.seed,
    },
    ...table.result(),
  };
}

/** The faces of the pairs are cut out once for all levels, because all networks have the same input. */
async function vectorsOf(facenet: FaceNet, { images, cache, look }: TrainingStudyData): Promise<Vectors> {
  const faces = await cacheFaces(images, facenet, cache, ownCutOut(facenet.model), { ...look, faces: "central" });
  const key = ["trained", facenet.model.model.sha256, [...faces]];
  return cachedVectors(cache, key, async () =>
    embedded([...faces.keys()], facenet.embed([...faces.values()], { ...look, faces: "all", aligned: true })),
  );
}

const CHECKPOINT_MS = 120_000;

export type LevelTraining = {
  readonly configuration: TrainingConfiguration;
  readonly plan: NetworkPlan;
  readonly faces: SplitFaces;
  /** Source of the photographs, for the checkpoint. */
  readonly source: string;
  readonly device: Device;
  readonly threads: number;
  readonly loaders: number;
};

/**
 * @param cache folder for intermediate results
 * @returns the model's folder
 * @throws the signal's reason, after a checkpoint; errors of training
 */
export async function trainLevel(training: LevelTraining, cache: string, context: RunContext): Promise<string> {
  const { configuration, faces, source, ...settings } = training;
  const { trained, heldOut } = faces.split;
  const filesOf = (set: FaceImages | undefined) =>
    set?.imagesOfPeople.flat().map((image) => placeName(set.images[image] as ImagePlace));
  const key = JSON.stringify([configuration, source, filesOf(trained), filesOf(heldOut)]);
  const folder = join(cache, `trained-${hash("sha256", key).slice(0, 16)}`);
  if (await fileExists(join(folder, "manifest.json"))) return folder;
  const files = await openTrainingFolder(folder);
  const saved = await readCheckpoint(files, await fileExists(files.checkpoint));
  const evaluateEvery = Math.max(1, configuration.steps);
  const kept = { files, saved, source: { folder: source, aligned: false }, evaluateEvery, checkpointMs: CHECKPOINT_MS };
  await trainFromScratch({ ...settings, ...kept, configuration }, faces, context);
  return folder;
}

/**
 * A subset of the training people; the held-out people stay the same. Smaller subsets are contained in larger ones.
 *
 * @param share 0 to 1; at least two people are kept
 */
export function partOf({ trained, ...split }: PeopleSplit, share: number, seed: number): PeopleSplit {
  const order = trained.people
    .map((name) => ({ name, key: seededRandom(streamSeed(seed, `take ${name}`))() }))
    .sort((a, b) => a.key - b.key);
  const taken = new Set(order.slice(0, Math.max(2, Math.round(share * order.length))).map(({ name }) => name));
  return { ...split, trained: peopleOf(trained, (name) => taken.has(name)) };
}
