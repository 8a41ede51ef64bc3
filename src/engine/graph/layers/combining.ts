/** Composite layers: sequence, concatenation (Inception), residual; and the operations that combine values. */
import { FaceNetError } from "../../../errors.ts";
import type { Tape, Value } from "../tape.ts";
import { type Layer, type LayerPlan, planOf } from "./layer.ts";

/**
 * Sequence of layers, as one layer.
 *
 * @example
 * import { l2Normalisation, fullyConnected, sequence } from "facenet128/training";
 * const head = sequence("head", [fullyConnected("fc", { outputs: 128 }), l2Normalisation("L2")]);
 * console.log(head.plan([64, 4, 4]).output); // [128]
 */
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

/**
 * Branches on the same input, concatenated along channels: an Inception module (Szegedy et al. 2015).
 *
 * @throws FaceNetError LAYER_SHAPE, when planned, if the branches end in maps of different sizes
 * @example
 * import { concatenation, convolution, maxPooling } from "facenet128/training";
 * const branches = [[convolution("a", { filters: 32, kernel: 1 })], [maxPooling("b", { kernel: 3, stride: 1 })]];
 * console.log(concatenation("mixed", branches).plan([64, 14, 14]).output); // [96, 14, 14]
 */
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

/** Options of {@link residual}. */
export type ResidualOptions = {
  /** Factor of the layers' output before the addition. Default 1. */
  readonly scale?: number;
  /** Layers on the shortcut. Default: identity. */
  readonly shortcut?: readonly Layer[];
};

/**
 * Residual connection: shortcut(x) + scale · layers(x) (He et al. 2016; scale: Szegedy et al. 2017, section 3.3).
 *
 * @throws FaceNetError LAYER_SHAPE, when planned, if the two sizes differ
 * @example
 * import { convolution, residual } from "facenet128/training";
 * const block = residual("block", [convolution("block.conv", { filters: 64, kernel: 3 })], { scale: 0.17 });
 * console.log(block.plan([64, 14, 14]).output); // [64, 14, 14]
 */
export function residual(name: string, layers: readonly Layer[], { scale = 1, shortcut = [] }: ResidualOptions = {}): Layer {
  const [main, side] = [sequence(name, layers), sequence(name, shortcut)];
  return {
    name,
    plan(input) {
      const [changed, kept] = [main.plan(input), side.plan(input)];
      if (`${changed.output}` !== `${kept.output}`) {
        const reason = `adds [${changed.output}] to [${kept.output}], which must have the same size`;
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

/** Concatenates maps or rows along channels. @throws FaceNetError LAYER_SHAPE if other sizes differ */
export function emitConcatenation(tape: Tape, values: readonly Value[]): Value {
  const [first] = values as [Value, ...Value[]];
  for (const { name, shape } of values)
    if (`${shape.toSpliced(1, 1)}` !== `${first.shape.toSpliced(1, 1)}`)
      throw new FaceNetError("LAYER_SHAPE", { layer: name, reason: `[${shape}] cannot be concatenated with [${first.shape}]` });
  const channels = values.map(({ shape }) => shape[1] as number);
  const total = channels.reduce((a, b) => a + b, 0);
  const names = values.map(({ name }) => name);
  const y = { name: tape.op("Concat", names, { axis: 1 }), shape: first.shape.with(1, total) };
  return tape.record(y, values, (gradient, wanted) => {
    let from = 0;
    return channels.map((count, i) => {
      const places = [[from], [from + count], [1]].map((list) => tape.integers(list));
      from += count;
      return wanted[i] ? tape.op("Slice", [gradient, ...places]) : undefined;
    });
  });
}

/** @throws FaceNetError LAYER_SHAPE for values of different shapes */
export function emitAddition(tape: Tape, a: Value, b: Value): Value {
  if (`${a.shape}` !== `${b.shape}`)
    throw new FaceNetError("LAYER_SHAPE", { layer: b.name, reason: `[${b.shape}] cannot be added to [${a.shape}]` });
  return tape.record({ name: tape.op("Add", [a.name, b.name]), shape: a.shape }, [a, b], (gradient) => [gradient, gradient]);
}

/** Multiplies x by a constant. */
export function emitScaling(tape: Tape, x: Value, factor: number): Value {
  const scaled = (name: string) => tape.op("Mul", [name, tape.scalar(factor)]);
  return tape.record({ name: scaled(x.name), shape: x.shape }, [x], (gradient) => [scaled(gradient)]);
}

/**
 * Dropout in training: x times a mask of 0 and 1 / keep (Srivastava et al. 2014).
 *
 * @param mask same shape as x, not differentiated
 */
export function emitDropout(tape: Tape, x: Value, mask: Value): Value {
  const masked = (name: string) => tape.op("Mul", [name, mask.name]);
  return tape.record({ name: masked(x.name), shape: x.shape }, [x], (gradient) => [masked(gradient)]);
}
