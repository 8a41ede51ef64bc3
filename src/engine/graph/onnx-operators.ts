/**
 * Operators of ONNX files as differentiable layers, for {@link importNetwork}. Batch normalisation keeps its statistics, as is
 * usual in fine-tuning, and becomes a trained scale and offset per channel.
 */
import type { FloatTensor } from "../onnx-network.ts";
import { prelu, relu } from "./layers/activations.ts";
import { emitAddition, emitConcatenation } from "./layers/combining.ts";
import { convolution } from "./layers/convolution.ts";
import { flattening, fullyConnected } from "./layers/fully-connected.ts";
import { type Emission, type Layer, type LayerPlan, planOf, type Size } from "./layers/layer.ts";
import { channelScaling } from "./layers/normalisation.ts";
import { averagePooling, maxPooling } from "./layers/pooling.ts";
import type { Padding, WindowOptions } from "./layers/window.ts";
import type { NetworkNode, NetworkNodes } from "./onnx-nodes.ts";
import type { Value } from "./tape.ts";

/** A layer with one or several inputs, and the values of its parameters. */
export type Operator = {
  readonly plan: (inputs: readonly Size[]) => LayerPlan;
  readonly emit: (inputs: readonly Value[], emission: Emission) => Value;
  readonly tensors: Readonly<Record<string, FloatTensor>>;
};
/** An operator at its place in a network. */
export type Step = Operator & { readonly name: string; readonly inputs: readonly string[]; readonly output: string };

/** Context for converting a node to a layer. */
type Reading = {
  readonly name: string;
  readonly node: NetworkNode;
  /** A constant input by index; undefined if it is not constant. */
  readonly constant: (place: number) => FloatTensor | undefined;
  /** Aborts the import; the reason continues "it has a Conv ...". */
  readonly refuse: (reason: string) => never;
};

/**
 * Converts nodes to operators, named by kind and number: conv1, conv2, prelu1.
 *
 * @param refuse throws, with the reason why the network cannot be trained
 */
export function stepsOf(
  { nodes, constants }: Pick<NetworkNodes, "nodes" | "constants">,
  refuse: (reason: string) => never,
): Step[] {
  const unknown = new Set(nodes.map(({ opType }) => opType).filter((opType) => !Object.hasOwn(operators, opType)));
  if (unknown.size > 0) refuse(`it has operators without a derivative here: ${[...unknown].join(", ")}`);
  const counts = new Map<string, number>();
  return nodes.map((node) => {
    const { kind, read } = operators[node.opType] as (typeof operators)[string];
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const name = `${kind}${count}`;
    const operator = read({
      name,
      node,
      refuse: (reason) => refuse(`it has a ${node.opType} ${reason}`),
      constant: (place) => constants.get(node.inputs[place] ?? ""),
    });
    return {
      name,
      output: node.output,
      inputs: node.inputs.filter((input) => input !== "" && !constants.has(input)),
      ...operator,
    };
  });
}

const single = (layer: Layer, tensors: Operator["tensors"] = {}): Operator => ({
  plan: ([size]) => layer.plan(size as Size),
  emit: ([x], emission) => layer.emit(x as Value, emission),
  tensors,
});

/** Kind of layer, which determines its name, and conversion of a node. */
const operators: Readonly<Record<string, { readonly kind: string; readonly read: (reading: Reading) => Operator }>> = {
  Conv: { kind: "conv", read: readConvolution },
  Relu: { kind: "relu", read: ({ name }) => single(relu(name)) },
  PRelu: { kind: "prelu", read: readPrelu },
  BatchNormalization: { kind: "norm", read: readBatchNormalisation },
  Gemm: { kind: "fc", read: readGemm },
  MatMul: { kind: "fc", read: (reading) => readFullConnection(reading, false) },
  GlobalAveragePool: { kind: "pool", read: ({ name }) => single(averagePooling(name)) },
  AveragePool: { kind: "pool", read: readAveragePool },
  MaxPool: { kind: "pool", read: (reading) => single(maxPooling(reading.name, windowOf(reading))) },
  Flatten: { kind: "flatten", read: readFlatten },
  Reshape: { kind: "flatten", read: readReshape },
  Identity: { kind: "same", read: readIdentity },
  Dropout: { kind: "same", read: readIdentity },
  Concat: { kind: "concat", read: readConcatenation },
  Add: { kind: "add", read: readAddition },
  Sub: { kind: "add", read: readArithmetic },
  Mul: { kind: "scale", read: readArithmetic },
  Div: { kind: "scale", read: readArithmetic },
};

function readConvolution(reading: Reading): Operator {
  const { name, node, constant, refuse } = reading;
  const [weight, bias] = [constant(1), constant(2)];
  if (weight?.dims.length !== 4) return refuse("whose weights are not a constant of a two-dimensional window");
  const groups = Number(node.attributes.group ?? 1);
  const [filters = 0, , ...kernel] = weight.dims as [number, number, number, number];
  const options = { ...windowOf(reading, kernel), filters, groups, bias: bias !== undefined };
  return single(convolution(name, options), { [`${name}.weight`]: weight, ...(bias && { [`${name}.bias`]: bias }) });
}

function windowOf({ node, refuse }: Reading, kernel = node.attributes.kernel_shape as readonly [number, number]): WindowOptions {
  const { strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], auto_pad = "NOTSET", ceil_mode = 0 } = node.attributes;
  const [stride = 1, across] = strides as readonly number[];
  if (stride !== across) refuse(`with the strides ${strides}, which differ`);
  if ((dilations as readonly number[]).some((step) => step !== 1)) refuse("with dilations");
  if (ceil_mode !== 0) refuse("with ceil_mode");
  const paddings: Readonly<Record<string, Padding>> = {
    NOTSET: pads as readonly [number, number, number, number],
    SAME_UPPER: "same",
    VALID: "valid",
  };
  return { kernel, stride, padding: paddings[String(auto_pad)] ?? refuse(`with auto_pad ${auto_pad}`) };
}

function readAveragePool(reading: Reading): Operator {
  const countsPadding = reading.node.attributes.count_include_pad === 1;
  return single(averagePooling(reading.name, windowOf(reading), countsPadding));
}

function readPrelu({ name, constant, refuse }: Reading): Operator {
  const slope = constant(1);
  if (!slope) return refuse("whose slopes are not constant");
  const channels = slope.dims.length < 3 ? slope.data.length : (slope.dims.at(-3) as number);
  if (slope.data.length !== channels) return refuse("with more slopes than channels");
  return single(prelu(name), { [`${name}.slope`]: { data: slope.data, dims: [channels] } });
}

/** y = scale · (x - mean) / sqrt(variance + epsilon) + offset with constant statistics. */
function readBatchNormalisation({ name, node, constant, refuse }: Reading): Operator {
  const [scale, offset, mean, variance] = [1, 2, 3, 4].map((place) => constant(place)?.data);
  if (!scale || !offset || !mean || !variance) return refuse("whose statistics are not constant");
  const epsilon = Number(node.attributes.epsilon ?? 1e-5);
  const factor = scale.map((value, i) => value / Math.sqrt((variance[i] as number) + epsilon));
  const level = offset.map((value, i) => value - (mean[i] as number) * (factor[i] as number));
  const dims = [scale.length];
  return single(channelScaling(name), { [`${name}.scale`]: { data: factor, dims }, [`${name}.offset`]: { data: level, dims } });
}

function readGemm(reading: Reading): Operator {
  const { alpha = 1, beta = 1, transA = 0, transB = 0 } = reading.node.attributes;
  if (alpha !== 1 || beta !== 1 || transA !== 0) return reading.refuse("with alpha, beta or transA");
  return readFullConnection(reading, transB === 1);
}

function readFullConnection({ name, constant, refuse }: Reading, isTransposed: boolean): Operator {
  const [weight, bias] = [constant(1), constant(2)];
  if (weight?.dims.length !== 2) return refuse("whose second factor is not a constant matrix");
  const [rows, columns] = weight.dims as [number, number];
  const [inputs, outputs] = isTransposed ? [columns, rows] : [rows, columns];
  const data = isTransposed
    ? weight.data.map((_, at) => weight.data[(at % outputs) * inputs + Math.floor(at / outputs)] as number)
    : weight.data;
  if (bias && bias.data.length !== outputs) return refuse("whose bias is not one value for each output");
  return single(fullyConnected(name, { outputs, bias: bias !== undefined }), {
    [`${name}.weight`]: { data, dims: [inputs, outputs] },
    ...(bias && { [`${name}.bias`]: { data: bias.data, dims: [outputs] } }),
  });
}

function readFlatten({ name, node, refuse }: Reading): Operator {
  return Number(node.attributes.axis ?? 1) === 1 ? single(flattening(name)) : refuse("from an axis other than 1");
}

function readReshape({ name, constant, refuse }: Reading): Operator {
  return constant(1)?.data.length === 2 ? single(flattening(name)) : refuse("into other than rows");
}

function readIdentity({ name }: Reading): Operator {
  return {
    plan: ([size]) => ({ ...planOf({ name, kind: "identity", input: size as Size, output: size as Size }), rows: [] }),
    emit: ([x]) => x as Value,
    tensors: {},
  };
}

function readConcatenation({ name, node, refuse, constant }: Reading): Operator {
  if (node.attributes.axis !== 1 || node.inputs.some((_, place) => constant(place)))
    return refuse("along another axis than the channels");
  return {
    plan(sizes) {
      const [first] = sizes as [Size];
      const output = [sizes.reduce((sum, [count = 0]) => sum + count, 0), ...first.slice(1)];
      return planOf({ name, kind: "concatenation", input: first, output });
    },
    emit: (values, { tape }) => emitConcatenation(tape, values),
    tensors: {},
  };
}

function readAddition(reading: Reading): Operator {
  if (reading.constant(0) || reading.constant(1)) return readArithmetic(reading);
  return {
    plan: ([size]) => planOf({ name: reading.name, kind: "addition", input: size as Size, output: size as Size }),
    emit: ([a, b], { tape }) => emitAddition(tape, a as Value, b as Value),
    tensors: {},
  };
}

/** Arithmetic with a constant that is broadcast to the value's shape; not trained. */
function readArithmetic({ name, node, constant, refuse }: Reading): Operator {
  const { opType } = node;
  const operand = constant(1) ?? (opType === "Add" || opType === "Mul" ? constant(0) : undefined);
  if (!operand) return refuse("whose second operand is not constant");
  const { dims, data } = operand;
  return {
    plan([size]) {
      const shape = [1, ...(size as Size)];
      if (dims.length > shape.length || dims.toReversed().some((count, i) => count !== 1 && count !== shape.at(-1 - i)))
        refuse(`with a constant [${dims}] for values [${size}]`);
      return planOf({ name, kind: "constant", input: size as Size, output: size as Size });
    },
    emit([x], { tape }) {
      const { name: value, shape } = x as Value;
      const { name: other } = tape.constant(dims, data);
      const isFactor = opType === "Mul" || opType === "Div";
      const y = { name: tape.op(opType, [value, other]), shape };
      return tape.record(y, [x as Value], (gradient) => [isFactor ? tape.op(opType, [gradient, other]) : gradient]);
    },
    tensors: {},
  };
}
