import { relu as rectify } from "../operations/relu.ts";
import { type Layer, planOf } from "./layer.ts";

export function relu(name: string): Layer {
  return {
    name,
    plan: (input) => planOf({ name, kind: "ReLU", input, output: input }),
    emit: (x, { tape }) => rectify(tape, x),
  };
}
