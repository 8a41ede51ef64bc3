/** Layers that are made of layers. */
import { FaceNetError } from "../../../errors.ts";
import { emitAddition, emitConcatenation, emitScaling } from "../operations/combining.ts";
import type { Layer, LayerPlan } from "./layer.ts";
import { planOf } from "./layer.ts";

/** One layer after the other. */
export function sequence(name: string, layers: readonly Layer[]): Layer {
  return {
    name,
    plan(input) {
      const plans: LayerPlan[] = [];
      for (const layer of layers) plans.push(layer.plan(plans.at(-1)?.output ?? input));
      return together(plans, plans.at(-1)?.output ?? input);
    },
    emit: (x, emission) => layers.reduce((value, layer) => layer.emit(value, emission), x),
  };
}

/** Branches that see the same map, their channels one after the other: an Inception module. */
export function concatenation(name: string, branches: readonly (readonly Layer[])[]): Layer {
  const parts = branches.map((layers) => sequence(name, layers));
  return {
    name,
    plan(input) {
      const plans = parts.map((part) => part.plan(input));
      const sizes = plans.map(({ output }) => output);
      if (new Set(sizes.map((size) => `${size.slice(1)}`)).size > 1) {
        const reason = `its branches end in maps of different sizes, ${sizes.map((size) => `[${size}]`).join(" and ")}`;
        throw new FaceNetError("LAYER_SHAPE", { layer: name, reason });
      }
      const channels = sizes.reduce((sum, [count = 0]) => sum + count, 0);
      const output = [channels, ...(sizes[0]?.slice(1) ?? [])];
      return together([...plans, planOf({ name, kind: "concatenation", input, output })], output);
    },
    emit: (x, emission) =>
      emitConcatenation(
        emission.tape,
        parts.map((part) => part.emit(x, emission)),
      ),
  };
}

export type ResidualOptions = {
  /** What the layers' result is multiplied with before it is added. Default 1. */
  readonly scale?: number;
  /** What the input goes through before it is added to. Default: nothing. */
  readonly shortcut?: readonly Layer[];
};

/** x + scale · layers(x) (He et al. 2016; scaled: Szegedy et al. 2017, section 3.3). */
export function residual(name: string, layers: readonly Layer[], { scale = 1, shortcut = [] }: ResidualOptions = {}): Layer {
  const [main, side] = [sequence(name, layers), sequence(name, shortcut)];
  return {
    name,
    plan(input) {
      const [changed, kept] = [main.plan(input), side.plan(input)];
      if (`${changed.output}` !== `${kept.output}`) {
        const reason = `adds [${changed.output}] to [${kept.output}], which must be of one size`;
        throw new FaceNetError("LAYER_SHAPE", { layer: name, reason });
      }
      const { output } = changed;
      return together([changed, kept, planOf({ name, kind: "addition", input, output })], output);
    },
    emit(x, emission) {
      const { tape } = emission;
      const changed = main.emit(x, emission);
      return emitAddition(tape, side.emit(x, emission), scale === 1 ? changed : emitScaling(tape, changed, scale));
    },
  };
}

function together(plans: readonly LayerPlan[], output: LayerPlan["output"]): LayerPlan {
  return {
    output,
    rows: plans.flatMap(({ rows }) => rows),
    parameters: plans.flatMap(({ parameters }) => parameters),
    masks: plans.flatMap(({ masks }) => masks),
  };
}
