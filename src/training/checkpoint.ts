/**
 * A training written down: everything that it goes on from, in one safetensors file that other programs read too. Parameters, what
 * the optimiser keeps, moving averages and what the objective has learned are tensors; step and configuration are metadata.
 */
import { createHash } from "node:crypto";
import { FaceNetError, reasonOf } from "../errors.ts";
import { brokenRule } from "../schemas/broken-rule.ts";
import { TrainingConfiguration } from "../schemas/training.ts";
import type { TrainerState } from "./network-trainer.ts";
import { type NamedTensor, readSafetensors, writeSafetensors } from "./safetensors.ts";

export type Checkpoint = {
  readonly configuration: TrainingConfiguration;
  /** Steps of the loop done; the optimiser has taken fewer where a batch had nothing to teach. */
  readonly step: number;
  readonly trainer: TrainerState;
  /** What the objective has learned: class weights, centers. */
  readonly learned: ReadonlyMap<string, Float32Array>;
  /** Where the faces came from. */
  readonly faces: { readonly folder: string; readonly aligned: boolean; readonly unlabelled?: string | undefined };
};

const FORMAT = "facenet-checkpoint.2";
const OBJECTIVE = "objective/";

export function encodeCheckpoint({ configuration, step, trainer, learned, faces }: Checkpoint): Uint8Array {
  const flat = (values: Float32Array): NamedTensor => ({ shape: [values.length], values });
  const tensors = new Map([
    ...[...trainer.tensors].map(([name, values]) => [name, flat(values)] as const),
    ...[...learned].map(([name, values]) => [OBJECTIVE + name, flat(values)] as const),
  ]);
  const metadata = {
    format: FORMAT,
    step: String(step),
    optimizerSteps: String(trainer.steps),
    configuration: JSON.stringify(configuration),
    faces: JSON.stringify(faces),
    sha256: digest(tensors),
  };
  return writeSafetensors({ tensors, metadata });
}

/**
 * @param file for messages
 * @throws FaceNetError CHECKPOINT_DAMAGED for a file that is cut short, changed, or no checkpoint
 */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    if (metadata.format !== FORMAT) throw new RangeError(`its format is ${metadata.format ?? "not said"}, not ${FORMAT}`);
    if (metadata.sha256 !== digest(tensors)) throw new RangeError("its values do not match their checksum");
    const values = [...tensors].map(([name, tensor]) => [name, tensor.values] as const);
    return {
      configuration: TrainingConfiguration.parse(JSON.parse(metadata.configuration ?? "")),
      faces: JSON.parse(metadata.faces ?? "") as Checkpoint["faces"],
      step: Number(metadata.step),
      trainer: {
        steps: Number(metadata.optimizerSteps),
        tensors: new Map(values.filter(([name]) => !name.startsWith(OBJECTIVE))),
      },
      learned: new Map(
        values.filter(([name]) => name.startsWith(OBJECTIVE)).map(([name, own]) => [name.slice(OBJECTIVE.length), own]),
      ),
    };
  } catch (error) {
    throw new FaceNetError("CHECKPOINT_DAMAGED", { file, reason: brokenRule(error) ?? reasonOf(error) }, error);
  }
}

function digest(tensors: ReadonlyMap<string, NamedTensor>): string {
  const hash = createHash("sha256");
  for (const [name, { values }] of tensors) {
    hash.update(`${name}\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}
