import { FaceNetError } from "../../../errors.ts";
import { emitDropout } from "../operations/combining.ts";
import { emitFlatten } from "../operations/fully-connected.ts";
import { emitMaxout } from "../operations/maxout.ts";
import { emitBlockedPrelu, emitPrelu } from "../operations/prelu.ts";
import { emitRelu } from "../operations/relu.ts";
import { type Layer, planOf, rowOf } from "./layer.ts";

export function relu(name: string): Layer {
  return {
    name,
    plan: (input) => planOf({ name, kind: "ReLU", input, output: input }),
    emit: (x, { tape }) => emitRelu(tape, x),
  };
}

/** Slopes NAME.slope [channels], which begin at 0.25 (He et al. 2015). */
export function prelu(name: string): Layer {
  const slope = `${name}.slope`;
  return {
    name,
    plan(input) {
      const shape = [input[0] as number];
      const slopes = { name: slope, shape, initial: { value: 0.25 }, role: "trained", decays: false } as const;
      return planOf({ name, kind: "PReLU", input, output: input }, [slopes]);
    },
    emit(x, { tape, mode, parameter }) {
      const isBlocked = mode === "inference" && x.shape.length === 4;
      return (isBlocked ? emitBlockedPrelu : emitPrelu)(tape, x, parameter(slope));
    },
  };
}

/** The largest of `pieces` values; a row becomes so many times shorter. */
export function maxout(name: string, pieces: number): Layer {
  return {
    name,
    plan(input) {
      const size = rowOf(input) / pieces;
      if (!Number.isInteger(size)) {
        const reason = `${rowOf(input)} values cannot be taken in ${pieces} equal pieces`;
        throw new FaceNetError("LAYER_SHAPE", { layer: name, reason });
      }
      return planOf({ name, kind: `maxout of ${pieces}`, input, output: [size] });
    },
    emit: (x, { tape }) => emitMaxout(tape, emitFlatten(tape, x), pieces),
  };
}

/** @param keep probability that a value is kept, above 0 to 1; in training there is an input NAME.mask, see `drawMasks` */
export function dropout(name: string, keep: number): Layer {
  const mask = `${name}.mask`;
  return {
    name,
    plan(input) {
      if (!(keep > 0 && keep <= 1))
        throw new FaceNetError("LAYER_SHAPE", { layer: name, reason: `keeps a share above 0 to 1, got ${keep}` });
      return planOf({ name, kind: "dropout", input, output: input }, [], [{ name: mask, size: input, keep }]);
    },
    emit: (x, emission) => (emission.mode === "inference" ? x : emitDropout(emission.tape, x, emission.mask(mask))),
  };
}
