import { FaceNetError } from "../../../errors.ts";
import type { Tape, Value } from "../tape.ts";
import { type Initialiser, type Layer, mapOf, type ParameterPlan, planOf } from "./layer.ts";
import { mapSize, planWindow, type Window, type WindowOptions, windowAttributes } from "./window.ts";

/** Options of {@link convolution}. */
export type ConvolutionLayerOptions = ConvolutionOptions & {
  readonly filters: number;
  /** Default true; false before batch normalisation, which has its own offset. */
  readonly bias?: boolean;
  /** Initial weights. Default: normal, deviation sqrt(2 / inputs per value) (He et al. 2015, for ReLU). */
  readonly initial?: Initialiser;
};

/**
 * Convolution of a map. Parameters NAME.weight [filters, channels / groups, kernel height, kernel width] and NAME.bias [filters].
 *
 * @throws FaceNetError LAYER_SHAPE, when planned, if `groups` does not divide channels and filters
 * @example
 * import { convolution } from "facenet128/training";
 * console.log(convolution("conv1", { filters: 64, kernel: 7, stride: 2 }).plan([3, 96, 96]).output); // [64, 48, 48]
 */
export function convolution(name: string, options: ConvolutionLayerOptions): Layer {
  const { filters, bias = true, groups = 1 } = options;
  const names = { weight: `${name}.weight`, bias: `${name}.bias` };
  return {
    name,
    plan(input) {
      const size = mapOf(name, input);
      const { kernel, stride, height, width } = planWindow(size, options, name);
      const perGroup = size.channels / groups;
      if (!Number.isInteger(perGroup) || filters % groups > 0) {
        const reason = `${size.channels} channels and ${filters} filters cannot be split into ${groups} groups`;
        throw new FaceNetError("LAYER_SHAPE", { layer: name, reason });
      }
      const fanIn = perGroup * kernel[0] * kernel[1];
      const initial = options.initial ?? { deviation: Math.sqrt(2 / fanIn) };
      const weight: ParameterPlan = {
        name: names.weight,
        shape: [filters, perGroup, ...kernel],
        initial,
        role: "trained",
        decays: true,
      };
      const offset: ParameterPlan = { name: names.bias, shape: [filters], initial: { value: 0 }, role: "trained", decays: false };
      const multiplyAdds = filters * fanIn * height * width;
      const output = [filters, height, width];
      const row = { name, kind: "convolution", input, output, kernel: [...kernel, stride] as const, multiplyAdds };
      return planOf(row, bias ? [weight, offset] : [weight]);
    },
    emit(x, { tape, parameter }) {
      return emitConvolution(tape, x, parameter(names.weight), bias ? parameter(names.bias) : undefined, options);
    },
  };
}

export type ConvolutionOptions = WindowOptions & {
  /** Number of independent groups of channels. Default 1. */
  readonly groups?: number;
};

/**
 * @param x [n, channels, height, width]
 * @param weight [filters, channels / groups, kernel height, kernel width]
 * @param bias [filters]
 * @returns [n, filters, height', width']
 */
export function emitConvolution(
  tape: Tape,
  x: Value,
  weight: Value,
  bias: Value | undefined,
  options: ConvolutionOptions,
): Value {
  const { groups = 1 } = options;
  const size = mapSize(x);
  const window = planWindow(size, options, x.name);
  const filters = weight.shape[0] as number;
  const inputs = bias ? [x, weight, bias] : [x, weight];
  const name = tape.op(
    "Conv",
    inputs.map((value) => value.name),
    { ...windowAttributes(window), group: groups },
  );
  const output = { name, shape: [x.shape[0] ?? "n", filters, window.height, window.width] };
  return tape.record(output, inputs, (gradient, [wantsX, wantsWeight, wantsBias]) => [
    wantsX ? inputGradient(tape, gradient, weight, { ...size, filters, window, groups }) : undefined,
    wantsWeight ? weightGradient(tape, gradient, x, { ...size, filters, window, groups }) : undefined,
    wantsBias ? tape.op("ReduceSum", [gradient, tape.integers([0, 2, 3])], { keepdims: 0 }) : undefined,
  ]);
}

type Geometry = {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly filters: number;
  readonly window: Window;
  readonly groups: number;
};

function weightGradient(tape: Tape, gradient: string, x: Value, { channels, filters, window, groups }: Geometry): string {
  const { kernel, stride, pads, height, width } = window;
  const [rows, columns] = kernel;
  const perGroup = channels / groups;
  const group = groups === 1 ? [] : [groups];
  const byChannel = (name: string) => tape.op("Transpose", [name], { perm: [1, 0, 2, 3] });
  const flat = (name: string, count: number) => tape.op("Reshape", [name, tape.integers([...group, count, -1])]);

  let map = byChannel(x.name); // [channels, n, height, width]
  const [top, left, bottom, right] = pads;
  if (pads.some((side) => side > 0)) map = tape.op("Pad", [map, tape.integers([0, 0, top, left, 0, 0, bottom, right])]);
  const taps: string[] = [];
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const ends = [i + (height - 1) * stride + 1, j + (width - 1) * stride + 1];
      const whole = rows === 1 && columns === 1 && stride === 1;
      const [from, to, axes, steps] = [[i, j], ends, [2, 3], [stride, stride]].map((list) => tape.integers(list));
      taps.push(flat(whole ? map : tape.op("Slice", [map, from, to, axes, steps] as string[]), perGroup));
    }
  const columnMatrix = taps.length === 1 ? (taps[0] as string) : tape.op("Concat", taps, { axis: group.length });
  const product = timesTransposed(tape, flat(byChannel(gradient), filters / groups), columnMatrix, group.length > 0);
  if (taps.length === 1) return tape.op("Reshape", [product, tape.integers([filters, perGroup, rows, columns])]);
  const byTap = tape.op("Reshape", [product, tape.integers([filters, rows, columns, perGroup])]);
  return tape.op("Transpose", [byTap], { perm: [0, 3, 1, 2] });
}

/** a · bᵀ over the last two axes. */
function timesTransposed(tape: Tape, a: string, b: string, batched: boolean): string {
  if (tape.form === "cpu") return tape.op("FusedMatMul", [a, b], { transB: 1 });
  if (!batched) return tape.op("Gemm", [a, b], { transB: 1 });
  return tape.op("MatMul", [a, tape.op("Transpose", [b], { perm: [0, 2, 1] })]);
}

function inputGradient(tape: Tape, gradient: string, weight: Value, geometry: Geometry): string {
  const { channels, height, width, filters, window, groups } = geometry;
  const { kernel, stride, pads } = window;
  const [rows, columns] = kernel;
  const [top, left, bottom, right] = pads;
  if (
    groups === 1 &&
    window.height === 1 &&
    window.width === 1 &&
    pads.every((side) => side === 0) &&
    rows === height &&
    columns === width
  ) {
    // Single position: a matrix product. (WebGPU's Conv, onnxruntime 1.30, is wrong for a kernel as large as the map.)
    const flat = (name: string, sizes: readonly number[]) => tape.op("Reshape", [name, tape.integers(sizes)]);
    const product = tape.op("MatMul", [flat(gradient, [-1, filters]), flat(weight.name, [filters, -1])]);
    return flat(product, [-1, channels, height, width]);
  }
  const turnedPads = [rows - 1 - top, columns - 1 - left, rows - 1 - bottom, columns - 1 - right];
  if (stride > 1 || turnedPads.some((side) => side < 0)) {
    const surplus = [(height + top + bottom - rows) % stride, (width + left + right - columns) % stride];
    const attributes = { ...windowAttributes(window), group: groups, output_padding: surplus };
    return tape.op("ConvTranspose", [gradient, weight.name], attributes);
  }
  const [perGroup, filtersPerGroup] = [channels / groups, filters / groups];
  let turned = weight.name;
  if (groups === 1) turned = tape.op("Transpose", [turned], { perm: [1, 0, 2, 3] });
  else if (perGroup > 1 || filtersPerGroup > 1) {
    const split = tape.op("Reshape", [turned, tape.integers([groups, filtersPerGroup, perGroup, rows, columns])]);
    const exchanged = tape.op("Transpose", [split], { perm: [0, 2, 1, 3, 4] });
    turned = tape.op("Reshape", [exchanged, tape.integers([channels, filtersPerGroup, rows, columns])]);
  }
  if (rows > 1 || columns > 1) {
    const [from, to, axes, steps] = [
      [-1, -1],
      [-1 - rows, -1 - columns],
      [2, 3],
      [-1, -1],
    ].map((list) => tape.integers(list));
    turned = tape.op("Slice", [turned, from, to, axes, steps] as string[]);
  }
  return tape.op("Conv", [gradient, turned], { kernel_shape: kernel, pads: turnedPads, group: groups });
}
