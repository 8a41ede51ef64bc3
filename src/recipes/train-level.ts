/** A network for one level of a study: trained once, kept with its checkpoint, and gone on with where it was stopped. */
import { createHash } from "node:crypto";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { type FaceImages, type ImagePlace, peopleOf, placeName } from "../datasets/face-images.ts";
import type { NetworkPlan } from "../engine/graph/network.ts";
import type { Device } from "../engine/onnx-network.ts";
import type { RunContext } from "../faces/run-context.ts";
import { seededRandom, streamSeed } from "../metric/seeded-random.ts";
import type { TrainingConfiguration } from "../schemas/training.ts";
import type { PeopleSplit } from "../training/run/people-split.ts";
import { type SplitFaces, trainFromScratch } from "../training/run/train-from-scratch.ts";
import { openTrainingFolder, readCheckpoint } from "../training/run/training-folder.ts";

const CHECKPOINT_MS = 120_000;

export type LevelTraining = {
  readonly configuration: TrainingConfiguration;
  readonly plan: NetworkPlan;
  readonly faces: SplitFaces;
  /** Where the photographs came from, for the checkpoint. */
  readonly source: string;
  readonly device: Device;
  readonly threads: number;
  readonly loaders: number;
};

/**
 * @param cache folder for what was worked out so far
 * @returns the model's folder
 * @throws the signal's reason, after a checkpoint; what training throws
 */
export async function trainLevel(training: LevelTraining, cache: string, context: RunContext): Promise<string> {
  const { configuration, faces, source, ...settings } = training;
  const { trained, heldOut } = faces.split;
  const filesOf = (set: FaceImages | undefined) =>
    set?.imagesOfPeople.flat().map((image) => placeName(set.images[image] as ImagePlace));
  const key = JSON.stringify([configuration, source, filesOf(trained), filesOf(heldOut)]);
  const folder = join(cache, `trained-${createHash("sha256").update(key).digest("hex").slice(0, 16)}`);
  if (await exists(join(folder, "manifest.json"))) return folder;
  const files = await openTrainingFolder(folder);
  const saved = await readCheckpoint(files, await exists(files.checkpoint));
  const evaluateEvery = Math.max(1, configuration.steps);
  const kept = { files, saved, source: { folder: source, aligned: false }, evaluateEvery, checkpointMs: CHECKPOINT_MS };
  await trainFromScratch({ ...settings, ...kept, configuration }, faces, context);
  return folder;
}

/**
 * A part of the people to train on, the others left out; those held out are the same. A smaller part is contained in a larger one.
 *
 * @param share 0 to 1; two people at least stay
 */
export function partOf({ trained, ...split }: PeopleSplit, share: number, seed: number): PeopleSplit {
  const order = trained.people
    .map((name) => ({ name, key: seededRandom(streamSeed(seed, `take ${name}`))() }))
    .sort((a, b) => a.key - b.key);
  const taken = new Set(order.slice(0, Math.max(2, Math.round(share * order.length))).map(({ name }) => name));
  return { ...split, trained: peopleOf(trained, (name) => taken.has(name)) };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
