/** Folder of a training run: checkpoint, log, face crops, and finally the model. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Parameters } from "../../engine/graph/network.ts";
import { FaceNetError } from "../../errors.ts";
import { readFileStart } from "../../files/read-file.ts";
import { fileExists, makeFolder, writeWhole } from "../../files/whole-file.ts";
import { type Checkpoint, decodeCheckpoint, decodeHeader, encodeCheckpoint } from "../checkpoint.ts";
import { parametersOf } from "../network-trainer.ts";
import { readSafetensorsMetadata } from "../safetensors.ts";
import { configurationOptions } from "./configuration.ts";

export type TrainingFolder = {
  readonly folder: string;
  readonly checkpoint: string;
  readonly log: string;
  readonly report: string;
  /** Face crops of the photographs. */
  readonly faces: string;
  readonly unlabelledFaces: string;
  /** Embeddings of the faces by a reference model, and by the model that distillation starts from. */
  readonly reference: string;
  readonly base: string;
};

const CHECKPOINT = "checkpoint.safetensors";

/** @throws FaceNetError OUTPUT_NOT_WRITABLE */
export async function openTrainingFolder(folder: string): Promise<TrainingFolder> {
  await makeFolder(folder);
  return {
    folder,
    checkpoint: join(folder, CHECKPOINT),
    log: join(folder, "train.jsonl"),
    report: join(folder, "report.html"),
    faces: join(folder, "faces"),
    unlabelledFaces: join(folder, "unlabelled-faces"),
    reference: join(folder, "reference.safetensors"),
    base: join(folder, "base.safetensors"),
  };
}

/**
 * The checkpoint to resume from; undefined for a new run.
 *
 * @throws FaceNetError CHECKPOINT_MISSING, CHECKPOINT_DAMAGED; OPTION_INVALID if the run would overwrite another one
 */
export async function readCheckpoint({ folder, checkpoint }: TrainingFolder, resume: boolean): Promise<Checkpoint | undefined> {
  if (!resume) {
    if (!(await fileExists(checkpoint))) return undefined;
    throw new FaceNetError("OPTION_INVALID", {
      option: "output",
      reason: `${folder} already contains a training run: resume it (resume), or choose another folder`,
    });
  }
  const bytes = await readFile(checkpoint).catch((error: unknown) => {
    throw new FaceNetError("CHECKPOINT_MISSING", { file: checkpoint }, error);
  });
  return decodeCheckpoint(bytes, checkpoint);
}

/** Configuration and origin of the faces of a run, without its tensors; undefined if there is no readable checkpoint. */
export async function readCheckpointHeader(checkpoint: string): Promise<Pick<Checkpoint, "configuration" | "faces"> | undefined> {
  try {
    return decodeHeader(await readSafetensorsMetadata((bytes) => readFileStart(checkpoint, bytes)));
  } catch {
    return undefined;
  }
}

/** Options of the run in a folder, by field; undefined for those that it does not use. */
export async function readSavedOptions(folder: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const header = await readCheckpointHeader(join(folder, CHECKPOINT));
  if (!header) return undefined;
  const { faces, configuration } = header;
  const unset = Object.fromEntries(Object.keys(configurationOptions).map((field) => [field, undefined]));
  const { folder: data, aligned, unlabelled } = faces;
  return { ...unset, ...configuration, data, aligned, unlabelled };
}

/**
 * Final weights of another run of the same network, or its moving averages if kept.
 *
 * @param anew name prefixes of parameters to leave out
 * @throws FaceNetError CHECKPOINT_MISSING, CHECKPOINT_DAMAGED; CHECKPOINT_MISMATCH for a different network; OPTION_INVALID for a
 * prefix   that matches no parameter
 */
export async function readWeights(folder: string, network: string, anew: readonly string[]): Promise<Parameters> {
  const { checkpoint } = await openTrainingFolder(folder);
  const bytes = await readFile(checkpoint).catch((error: unknown) => {
    throw new FaceNetError("CHECKPOINT_MISSING", { file: checkpoint }, error);
  });
  const { configuration, trainer } = decodeCheckpoint(bytes, checkpoint);
  if (configuration.network !== network) {
    const reason = `has weights of ${configuration.network}, not of ${network}`;
    throw new FaceNetError("CHECKPOINT_MISMATCH", { file: checkpoint, reason });
  }
  const weights = parametersOf(trainer, true);
  for (const prefix of anew)
    if (![...weights.keys()].some((name) => name.startsWith(prefix))) {
      const reason = `matches no layer of ${network}: ${prefix}`;
      throw new FaceNetError("OPTION_INVALID", { option: "reinitialise", reason });
    }
  return new Map([...weights].filter(([name]) => !anew.some((prefix) => name.startsWith(prefix))));
}

/**
 * Replaces the checkpoint atomically.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; TRAINING_DIVERGED for values that are not finite: the previous checkpoint is kept
 */
export async function writeCheckpoint({ checkpoint: file }: TrainingFolder, checkpoint: Checkpoint, rate: number): Promise<void> {
  for (const [name, values] of checkpoint.trainer.tensors) {
    if (values.every(Number.isFinite)) continue;
    const advised = Number((rate / 10).toPrecision(2));
    const reason = `${name} has values that are not numbers`;
    throw new FaceNetError("TRAINING_DIVERGED", { step: checkpoint.step, rate, reason, advised });
  }
  await writeWhole(file, encodeCheckpoint(checkpoint), { durable: true });
}
