/** A study that trains a network for each level, measured on the same pairs. */
import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { planNetwork } from "../engine/graph/network.ts";
import type { FaceNet, FaceNetOptions, LookOptions } from "../faces/facenet.ts";
import type { RunContext } from "../faces/run-context.ts";
import { encodeBytes } from "../metric/byte-code.ts";
import { findNetwork } from "../models/networks/registry.ts";
import type { Experiment, TrainingStudy } from "../schemas/experiment.ts";
import { TrainingConfiguration, trainingDefaults } from "../schemas/training.ts";
import { findFaces } from "../training/run/find-faces.ts";
import { splitPeople } from "../training/run/people-split.ts";
import { cacheFaces, ownCutOut } from "./face-cache.ts";
import { createLevelTable, faceSetOf, type PairData, type StudyOptions } from "./level-table.ts";
import { cachedVectors, embedded, type Vectors } from "./level-vectors.ts";
import { studyPlans, trainingLevels } from "./studies.ts";
import { partOf, trainLevel } from "./train-level.ts";

/** What suits a few hundred people and a processor; each level changes some of it. */
export const studyTraining = {
  ...trainingDefaults,
  network: "convnet-64",
  steps: 600,
  peoplePerBatch: 24,
  imagesPerPerson: 6,
  chunk: 144,
  augment: ["flip", "crop", "colour"],
} as const;

export type TrainingStudyData = PairData & {
  /** Folder of the people to train on, or tar shards. */
  readonly training: string;
  readonly network: string;
  readonly steps: number;
  readonly seed: number;
  readonly cache: string;
  readonly look: LookOptions;
  readonly engine: Pick<FaceNetOptions, "detector" | "threads" | "device">;
};

type Told = Pick<
  Experiment,
  "question" | "difference" | "compared" | "far" | "levels" | "pairs" | "skipped" | "model" | "training"
>;

/** @throws FaceNetError FACES_UNUSABLE, OUTPUT_NOT_WRITABLE, NETWORK_NOT_FOUND; RangeError where the pairs cannot be measured; the signal's reason */
export async function runTrainingStudy(
  study: TrainingStudy,
  data: TrainingStudyData,
  options: StudyOptions,
  context: RunContext,
): Promise<Told> {
  const { network, steps, seed, cache, engine } = data;
  const source = resolve(data.training);
  const plan = planNetwork(findNetwork(network));
  const base = TrainingConfiguration.parse({ ...studyTraining, network, steps, seed: studyTraining.seed + seed - 1 });
  const kept = createHash("sha256")
    .update(JSON.stringify([source, plan.network.input]))
    .digest("hex")
    .slice(0, 16);
  const sought = { ...data.look, data: source, aligned: false, facesFolder: join(cache, `training-${kept}`) };
  const found = await findFaces({ ...sought, detector: engine.detector as string }, plan.network.input, context);
  const split = splitPeople(found.faces, base.heldOut, base.seed);
  const settings = {
    plan,
    source,
    device: engine.device ?? "cpu",
    threads: engine.threads ?? 0,
    loaders: Math.min(4, Math.ceil(availableParallelism() / 2)),
  };

  const table = createLevelTable(data, options);
  for (const level of trainingLevels[study]) {
    const configuration = { ...base, ...level.changes };
    const faces = { border: found.border, split: partOf(split, level.share, base.seed) };
    const folder = await trainLevel({ ...settings, configuration, faces }, cache, context);
    const facenet = await context.load({ ...engine, model: `${folder}/` });
    const vectors = await vectorsOf(facenet, data);
    const { codeScale } = facenet.model.embedding;
    const codes = [...vectors.values()].map((vector) => encodeBytes(vector, codeScale));
    table.add(level, faceSetOf([...vectors.keys()], codes, data.personOf, "bytes"), facenet.model);
    await facenet.dispose();
  }
  const { question, difference } = studyPlans[study];
  const { people, imagesOfPeople } = split.trained;
  return {
    question,
    difference,
    compared: "bytes",
    far: options.far,
    model: network,
    training: {
      network,
      steps,
      imagesPerStep: base.peoplePerBatch * base.imagesPerPerson,
      people: people.length,
      images: imagesOfPeople.flat().length,
      seed: base.seed,
    },
    ...table.result(),
  };
}

/** The faces of the pairs are cut out once for all levels, whose networks see the same. */
async function vectorsOf(facenet: FaceNet, { images, cache, look }: TrainingStudyData): Promise<Vectors> {
  const faces = await cacheFaces(images, facenet, cache, ownCutOut(facenet.model), { ...look, faces: "central" });
  const key = ["trained", facenet.model.model.sha256, [...faces]];
  return cachedVectors(cache, key, async () =>
    embedded([...faces.keys()], facenet.embed([...faces.values()], { ...look, faces: "all", aligned: true })),
  );
}
