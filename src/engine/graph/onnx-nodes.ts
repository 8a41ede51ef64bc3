/**
 * Nodes of an ONNX network, prepared for training: arithmetic on constants (dequantised weights, transpositions) is computed once
 * by the runtime, and PReLUs decomposed into ReLUs and scalings are restored.
 */
import { type DenseTensor, type FloatTensor, OnnxNetwork } from "../onnx-network.ts";
import { type Attribute, attribute, DataType, type Model, type Node, valueInfo, writeModel } from "./onnx-model.ts";

/** A node that depends on the images. Its attributes are numbers, lists or texts. */
export type NetworkNode = {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
};

/** Names of the images and the embeddings, the nodes between them in order, and their constants by name. */
export type NetworkNodes = {
  readonly images: string;
  readonly output: string;
  readonly nodes: readonly NetworkNode[];
  readonly constants: ReadonlyMap<string, FloatTensor>;
};

/** @throws errors of the runtime for constants it cannot compute */
export async function networkNodes(model: Model): Promise<NetworkNodes> {
  const { graph } = model;
  const known = new Set(graph.initializer.map(({ name }) => name));
  const [images, output] = [graph.input.find(({ name }) => !known.has(name)), graph.output[0]];
  if (!images || !output) throw new Error("the network has no input or no output");
  const isConstant = ({ input }: Node): boolean => input.every((name) => name === "" || known.has(name));
  const constantNodes = graph.node.filter((node) => {
    if (!isConstant(node)) return false;
    for (const name of node.output) known.add(name);
    return true;
  });
  const isFolded = new Set(constantNodes);
  const rest = graph.node.filter((node) => !isFolded.has(node));
  const read = new Set(rest.flatMap(({ input }) => input).filter((name) => known.has(name)));
  const constants = await computeConstants(model, constantNodes, [...read]);
  const nodes = rest.map(({ opType, input, output, attribute }) => ({
    opType,
    inputs: input,
    output: output[0] as string,
    attributes: Object.fromEntries(attribute.map((one) => [one.name, attributeValue(one)])),
  }));
  return withPrelus({ images: images.name, output: unscaled(nodes, output.name), nodes, constants });
}

/** The value that the network scales to unit length at its end; its output if it does not. Training adds the scaling itself. */
function unscaled(nodes: readonly NetworkNode[], output: string): string {
  const makers = new Map(nodes.map((node) => [node.output, node]));
  const maker = makers.get(output);
  const [x = "", length = ""] = maker?.inputs ?? [];
  if (maker?.opType === "Identity") return unscaled(nodes, x);
  if (maker?.opType === "LpNormalization") return x;
  if (maker?.opType !== "Div") return output;
  // x / sqrt(sum(x * x)) or x / reduceL2(x), with or without a constant against division by 0
  for (let node = makers.get(length); node; node = makers.get(node.inputs[0] ?? "")) {
    const { opType, inputs } = node;
    if (opType === "ReduceL2" || opType === "Pow") return inputs[0] === x ? x : output;
    if (opType === "Mul") return inputs[0] === x && inputs[1] === x ? x : output;
    if (!["Sqrt", "Add", "Max", "Clip", "ReduceSum", "Expand"].includes(opType)) return output;
  }
  return output;
}

/** Attribute types of AttributeProto: 1 a float, 2 an integer, 3 a text, 7 integers. */
function attributeValue({ type, f = 0, i = 0, s, ints = [] }: Attribute): NetworkNode["attributes"][string] {
  if (type === 1) return f;
  if (type === 2) return i;
  return type === 3 ? Buffer.from(s ?? []).toString() : ints;
}

/** Values of constants as floats, computed by the runtime. */
async function computeConstants(
  { graph, ...model }: Model,
  nodes: readonly Node[],
  names: readonly string[],
): Promise<Map<string, FloatTensor>> {
  if (names.length === 0) return new Map();
  const outputOf = (name: string): string => `${name}:value`;
  const casts = names.map((name): Node => {
    const to = attribute("to", DataType.float);
    return { name: outputOf(name), opType: "Cast", input: [name], output: [outputOf(name)], attribute: [to] };
  });
  const bytes = writeModel({
    ...model,
    graph: {
      name: "constants",
      node: [...nodes, ...casts],
      initializer: graph.initializer,
      input: [],
      output: names.map((name) => ({ ...valueInfo(outputOf(name), []), type: { tensorType: { elemType: DataType.float } } })),
    },
  });
  const network = await OnnxNetwork.create(bytes, { threads: 1 });
  const values: Record<string, DenseTensor<Float32Array>> = await network.run({});
  await network.dispose();
  return new Map(names.map((name) => [name, values[outputOf(name)] as FloatTensor]));
}

/**
 * relu(x) + b · relu(a · x), with a at most 0 and both scalings as 1x1 depthwise convolutions, is a PReLU with slopes a · b: the
 * fastest form for the CPU's inference kernels.
 */
function withPrelus({ nodes, constants, ...ends }: NetworkNodes): NetworkNodes {
  const makers = new Map(nodes.map((node) => [node.output, node]));
  const all = new Map(constants);
  const scalesOf = (node: NetworkNode | undefined): Float32Array | undefined => {
    const [, name = "", bias] = node?.inputs ?? [];
    const scales = constants.get(name);
    const isScaling = node?.opType === "Conv" && !bias && node.attributes.group === scales?.data.length;
    return isScaling && scales?.dims.slice(1).every((size) => size === 1) ? scales.data : undefined;
  };
  const slopesOf = ({ opType, inputs }: NetworkNode): { x: string; slopes: Float32Array } | undefined => {
    if (opType !== "Add") return undefined;
    for (const [one, other] of [inputs, inputs.toReversed()]) {
      const [positive, outer] = [makers.get(one as string), makers.get(other as string)];
      const inner = makers.get(outer?.inputs[0] ?? "");
      const scaled = makers.get(inner?.inputs[0] ?? "");
      const [b, a] = [scalesOf(outer), scalesOf(scaled)];
      const x = positive?.inputs[0];
      if (positive?.opType !== "Relu" || inner?.opType !== "Relu" || !a || !b || x === undefined || scaled?.inputs[0] !== x)
        continue;
      if (a.every((value) => value <= 0)) return { x, slopes: a.map((value, i) => value * (b[i] as number)) };
    }
    return undefined;
  };
  const joined = nodes.map((node): NetworkNode => {
    const found = slopesOf(node);
    if (!found) return node;
    const slope = `${node.output}:slope`;
    all.set(slope, { data: found.slopes, dims: [found.slopes.length, 1, 1] });
    return { opType: "PRelu", inputs: [found.x, slope], output: node.output, attributes: {} };
  });
  return { ...ends, nodes: reachable(joined, ends.output), constants: all };
}

/** Nodes on which the output depends. */
function reachable(nodes: readonly NetworkNode[], output: string): NetworkNode[] {
  const needed = new Set([output]);
  return nodes
    .toReversed()
    .filter((node) => {
      if (!needed.has(node.output)) return false;
      for (const name of node.inputs) needed.add(name);
      return true;
    })
    .toReversed();
}
