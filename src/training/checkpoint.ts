/**
 * Training checkpoint: parameters, optimiser state, moving averages and learned state of the objective as tensors, step and
 * configuration as metadata, in one safetensors file that other programs can read.
 */
import { createHash } from "node:crypto";
import { FaceNetError, reasonOf } from "../errors.ts";
import { brokenRule } from "../schemas/broken-rule.ts";
import { TrainingConfiguration } from "../schemas/training.ts";
import type { TrainerState } from "./network-trainer.ts";
import { type NamedTensor, readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";

export type Checkpoint = {
  readonly configuration: TrainingConfiguration;
  /** Steps completed; the optimiser has taken fewer if batches had no gradient. */
  readonly step: number;
  readonly trainer: TrainerState;
  /** Learned state of the objective: class weights, centers. */
  readonly learned: ReadonlyMap<string, Float32Array>;
  /** Origin of the faces. */
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
 * @throws FaceNetError CHECKPOINT_DAMAGED if the file is truncated, modified or not a checkpoint
 */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    if (metadata.format !== FORMAT) throw new RangeError(`its format is ${metadata.format ?? "missing"}, not ${FORMAT}`);
    if (metadata.sha256 !== digest(tensors)) throw new RangeError("its values do not match their checksum");
    const values = [...tensors].map(([name, tensor]) => [name, tensor.values] as const);
    return {
      ...decodeHeader(metadata),
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

/** Configuration and origin of the faces, from the metadata of a checkpoint. @throws SyntaxError, ZodError */
export function decodeHeader(metadata: Safetensors["metadata"]): Pick<Checkpoint, "configuration" | "faces"> {
  return {
    configuration: TrainingConfiguration.parse(JSON.parse(metadata.configuration ?? "")),
    faces: JSON.parse(metadata.faces ?? "") as Checkpoint["faces"],
  };
}

function digest(tensors: ReadonlyMap<string, NamedTensor>): string {
  const hash = createHash("sha256");
  for (const [name, { values }] of tensors) {
    hash.update(`${name}\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}
