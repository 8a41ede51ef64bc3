import { flatten } from "../operations/fully-connected.ts";
import { l2Normalisation as normalise } from "../operations/l2-normalisation.ts";
import { type Layer, planOf, rowOf } from "./layer.ts";

/** Rows of unit length: how every network of the paper ends. */
export function l2Normalisation(name: string): Layer {
  return {
    name,
    plan: (input) => planOf({ name, kind: "L2 normalisation", input, output: [rowOf(input)] }),
    emit: (x, { tape }) => normalise(tape, flatten(tape, x)),
  };
}
