/** The folder that a training lives in: checkpoint, log, cut-outs, and in the end the model. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FaceNetError } from "../../errors.ts";
import { fileExists, makeFolder, writeWhole } from "../../files/whole-file.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";

export type TrainingFolder = {
  readonly folder: string;
  readonly checkpoint: string;
  readonly log: string;
  readonly report: string;
  /** cut-outs, made of photographs */
  readonly faces: string;
};

/** @throws FaceNetError OUTPUT_NOT_WRITABLE */
export async function openTrainingFolder(folder: string): Promise<TrainingFolder> {
  await makeFolder(folder);
  return {
    folder,
    checkpoint: join(folder, "checkpoint.safetensors"),
    log: join(folder, "train.jsonl"),
    report: join(folder, "report.html"),
    faces: join(folder, "faces"),
  };
}

/**
 * The checkpoint to resume from; undefined for a new run.
 *
 * @throws FaceNetError CHECKPOINT_MISSING, CHECKPOINT_DAMAGED; OPTION_INVALID where a run would overwrite another
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

/**
 * Replaces the checkpoint, whole or not at all.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; TRAINING_DIVERGED for values that are no numbers: the good one before is kept
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
