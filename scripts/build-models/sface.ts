/**
 * Converts SFace (Zhong et al. 2021) of OpenCV Zoo: folds batch normalisation into the preceding layers, allows any batch size,
 * scales pixels outside the network, and removes weights from the inputs.
 *
 * The weights stay the original int8 blocks with one scale per block, because 10 MB are easier to ship than 39. Cast, Mul and
 * Reshape expand them; ONNX Runtime folds these nodes into constants when it loads the model.
 */
import {
  attribute,
  DataType,
  floats,
  floatTensor,
  int64Tensor,
  integers,
  type Model,
  type Node,
  readModel,
  type Tensor,
  valueInfo,
  writeModel,
} from "../../src/engine/graph/onnx-model.ts";

/** Weights as int8 in blocks of one row: value = (int8 - zero) * scale, zero and scale of its block. */
type Blocks = { readonly int8: Uint8Array; readonly rows: number; readonly zeros: Uint8Array; readonly scales: Float32Array };

/** @param bytes the file as published @returns `image` [n, 3, 112, 112] to `embedding` [n, 128] */
export function convertSface(bytes: Uint8Array): Uint8Array {
  const model = readModel(bytes);
  const weights = new Map(model.graph.initializer.map((tensor) => [tensor.name, tensor]));
  const tensor = (name: string | undefined): Tensor => {
    const found = weights.get(name ?? "");
    if (!found) throw new Error(`sface: no weights named ${name}`);
    return found;
  };
  const producer = new Map(model.graph.node.flatMap((node) => node.output.map((name) => [name, node])));
  const consumer = (name: string) => model.graph.node.filter(({ input }) => input.includes(name));
  const nodes: Node[] = [];
  const initializer: Tensor[] = [];
  const renamed = new Map<string, string>();
  const input = (name: string) => renamed.get(name) ?? name;

  for (const node of model.graph.node) {
    const [x, second] = node.input as [string, string];
    const y = node.output[0] as string;
    switch (node.opType) {
      case "DequantizeLinear": // handled by the layer that uses the weights
      case "Reshape":
      case "Constant":
        break;
      case "Sub":
      case "Mul":
      case "Dropout":
        renamed.set(y, node.opType === "Dropout" ? input(x) : "image"); // (pixel - 127.5) / 128 is done before the network
        break;
      case "Conv":
      case "Gemm": {
        const norm = consumer(y)[0] as Node;
        const { factor, shift } = normalisation(norm, tensor);
        const dequantize = node.opType === "Conv" ? (producer.get(second)?.input[0] as string) : second;
        const shape = node.opType === "Conv" ? integers(tensor(producer.get(second)?.input[1])) : undefined;
        const blocks = readBlocks(producer.get(dequantize) as Node, tensor);
        const bias =
          node.input[2] === undefined
            ? new Float32Array(blocks.rows)
            : expanded(readBlocks(producer.get(node.input[2]) as Node, tensor));
        const perRow = blocks.scales.length / blocks.rows;
        const scales = blocks.scales.map((scale, i) => scale * (factor[Math.floor(i / perRow)] as number));
        const out = norm.output[0] as string;
        expand(
          `${y}.weight`,
          { ...blocks, scales },
          shape ?? [blocks.rows, blocks.int8.length / blocks.rows],
          nodes,
          initializer,
        );
        initializer.push(
          floatTensor(
            `${y}.bias`,
            [blocks.rows],
            shift.map((s, i) => s + (factor[i] as number) * (bias[i] as number)),
          ),
        );
        nodes.push({ ...node, input: [input(x), `${y}.weight`, `${y}.bias`], output: [out] });
        break;
      }
      case "BatchNormalization":
        if (["Conv", "Gemm"].includes(producer.get(x)?.opType ?? "")) break; // folded
        nodes.push({ ...node, input: [input(x), ...node.input.slice(1)] });
        for (const name of node.input.slice(1)) initializer.push(asFloats(tensor(name)));
        break;
      case "PRelu":
        nodes.push({ ...node, input: [input(x), second] });
        initializer.push(asFloats(tensor(second)));
        break;
      case "Flatten":
        nodes.push({ ...node, input: [input(x)] });
        break;
      default:
        throw new Error(`sface: no conversion for ${node.opType}`);
    }
  }
  const last = nodes.at(-1) as Node;
  last.output = ["embedding"];
  const graph = {
    name: "sface",
    node: nodes,
    initializer,
    input: [valueInfo("image", ["n", 3, 112, 112])],
    output: [valueInfo("embedding", ["n", 128])],
  };
  return writeModel({ irVersion: 8, producerName: "facenet", opsetImport: [{ domain: "", version: 15 }], graph } satisfies Model);
}

/** y = factor x + shift, per channel. */
function normalisation(node: Node, tensor: (name: string | undefined) => Tensor): { factor: Float32Array; shift: Float32Array } {
  if (node.opType !== "BatchNormalization") throw new Error(`sface: ${node.name} was expected to be a normalisation`);
  const [gamma, beta, mean, variance] = node.input.slice(1).map((name) => floats(tensor(name))) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const epsilon = node.attribute.find(({ name }) => name === "epsilon")?.f ?? 1e-5;
  const factor = gamma.map((g, i) => g / Math.sqrt((variance[i] as number) + epsilon));
  return { factor, shift: beta.map((b, i) => b - (mean[i] as number) * (factor[i] as number)) };
}

function readBlocks({ input, attribute: attributes }: Node, tensor: (name: string | undefined) => Tensor): Blocks {
  const [quantized, scales, zero] = input.map((name) => tensor(name)) as [Tensor, Tensor, Tensor];
  const block = attributes.find(({ name }) => name === "block_size")?.i ?? 0;
  const int8 = bytesOf(quantized);
  const rows = quantized.dims.length === 1 ? 1 : (quantized.dims[0] as number);
  const values = floats(scales);
  if (values.length * block !== int8.length) throw new Error(`sface: ${quantized.name} is not in whole blocks of ${block}`);
  return { int8, rows, zeros: bytesOf(zero), scales: values };
}

function expanded({ int8, zeros, scales }: Blocks): Float32Array {
  const block = int8.length / scales.length;
  const [values, zero] = [new Int8Array(int8), new Int8Array(zeros)];
  return Float32Array.from(values, (value, i) => {
    const at = Math.floor(i / block);
    return (value - (zero[at] as number)) * (scales[at] as number);
  });
}

/** Nodes that expand int8 blocks to a float tensor. */
function expand(
  name: string,
  { int8, zeros, scales }: Blocks,
  shape: readonly number[],
  nodes: Node[],
  initializer: Tensor[],
): void {
  const blocks = scales.length;
  initializer.push(
    { name: `${name}.int8`, dims: [blocks, int8.length / blocks], dataType: DataType.int8, rawData: int8 },
    { name: `${name}.zeros`, dims: [blocks, 1], dataType: DataType.int8, rawData: zeros },
    floatTensor(`${name}.scales`, [blocks, 1], scales),
    int64Tensor(`${name}.shape`, shape),
  );
  const node = (opType: string, input: string[], output: string, attributes: Node["attribute"] = []): Node => ({
    name: output,
    opType,
    input,
    output: [output],
    attribute: attributes,
  });
  nodes.push(
    node("Cast", [`${name}.int8`], `${name}.values`, [attribute("to", DataType.float)]),
    node("Cast", [`${name}.zeros`], `${name}.offsets`, [attribute("to", DataType.float)]),
    node("Sub", [`${name}.values`, `${name}.offsets`], `${name}.shifted`),
    node("Mul", [`${name}.shifted`, `${name}.scales`], `${name}.blocks`),
    node("Reshape", [`${name}.blocks`, `${name}.shape`], name),
  );
}

function bytesOf(tensor: Tensor): Uint8Array {
  if (tensor.rawData && tensor.rawData.length > 0) return Uint8Array.from(tensor.rawData);
  return Uint8Array.from((tensor as Tensor & { int32Data?: number[] }).int32Data ?? [], (value) => value & 255);
}

/** A plain float tensor, however the values are stored. */
function asFloats(tensor: Tensor): Tensor {
  return floatTensor(tensor.name, tensor.dims, floats(tensor));
}
