import { FaceNetError } from "../../../errors.ts";
import { emitBatchNormalisation, emitRunningNormalisation } from "../operations/batch-normalisation.ts";
import { emitFlatten } from "../operations/fully-connected.ts";
import { emitL2Normalisation } from "../operations/l2-normalisation.ts";
import {
  type LocalResponseOptions,
  emitLocalResponseNormalisation,
} from "../operations/local-response-normalisation.ts";
import { type Layer, mapOf, type ParameterPlan, planOf, rowOf } from "./layer.ts";

export type BatchNormalisationOptions = {
  /** Added to the variance. Default 1e-3, the reference implementation's. */
  readonly epsilon?: number;
  /** Share of the old value in a running statistic. Default 0.995, the reference implementation's. */
  readonly momentum?: number;
};

/**
 * Batch normalisation of maps or rows. Trained are NAME.scale and NAME.offset; NAME.mean and NAME.variance are running statistics,
 * which every training pass with a gradient moves on. Each has one value a channel.
 */
export function batchNormalisation(name: string, { epsilon = 1e-3, momentum = 0.995 }: BatchNormalisationOptions = {}): Layer {
  const names = { scale: `${name}.scale`, offset: `${name}.offset`, mean: `${name}.mean`, variance: `${name}.variance` };
  return {
    name,
    plan(input) {
      const shape = [input[0] as number];
      const one = (parameter: string, value: number, role: ParameterPlan["role"]): ParameterPlan => {
        return { name: parameter, shape, initial: { value }, role, decays: false };
      };
      const statistics = [one(names.mean, 0, "state"), one(names.variance, 1, "state")];
      const parameters = [one(names.scale, 1, "trained"), one(names.offset, 0, "trained"), ...statistics];
      return planOf({ name, kind: "batch normalisation", input, output: input }, parameters);
    },
    emit(x, { tape, mode, parameter, replaceState }) {
      const trained = { scale: parameter(names.scale), offset: parameter(names.offset) };
      const running = { mean: parameter(names.mean), variance: parameter(names.variance) };
      if (mode === "inference") return emitRunningNormalisation(tape, x, trained, running, epsilon);
      const { y, batch } = emitBatchNormalisation(tape, x, trained, epsilon);
      for (const statistic of ["mean", "variance"] as const) {
        const kept = tape.op("Mul", [running[statistic].name, tape.scalar(momentum)]);
        const added = tape.op("Mul", [batch[statistic].name, tape.scalar(1 - momentum)]);
        replaceState(names[statistic], { name: tape.op("Add", [kept, added]), shape: running[statistic].shape });
      }
      return y;
    },
  };
}

/** Local response normalisation, over neighbouring channels of a map. */
export function localResponseNormalisation(name: string, options: LocalResponseOptions = {}): Layer {
  const { size = 5 } = options;
  return {
    name,
    plan(input) {
      const { channels } = mapOf(name, input);
      if (size % 2 === 0 || size > channels) {
        const reason = `looks at ${size} channels of ${channels}: must be an odd number up to that`;
        throw new FaceNetError("LAYER_SHAPE", { layer: name, reason });
      }
      return planOf({ name, kind: "local response normalisation", input, output: input });
    },
    emit: (x, { tape }) => emitLocalResponseNormalisation(tape, x, options),
  };
}

/** Rows of unit length: how every network of the paper ends. */
export function l2Normalisation(name: string): Layer {
  return {
    name,
    plan: (input) => planOf({ name, kind: "L2 normalisation", input, output: [rowOf(input)] }),
    emit: (x, { tape }) => emitL2Normalisation(tape, emitFlatten(tape, x)),
  };
}
