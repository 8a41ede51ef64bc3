/** Builds an ONNX model from nodes and constants. */
import {
  type AttributeValue,
  attribute,
  DataType,
  doubleTensor,
  floatTensor,
  int64Tensor,
  type Node,
  type Tensor,
  type ValueInfo,
  valueInfo,
  writeModel,
} from "./onnx-model.ts";

/** Dimensions of a value; a string is a dimension known at run time only. */
export type Shape = readonly (number | string)[];

/** Element types in which a network can compute. */
export type FloatType = "float" | "double";

/** Domain of ONNX Runtime's operators beyond the standard. */
const runtimeDomain = "com.microsoft";
const runtimeOperators: ReadonlySet<string> = new Set(["FusedMatMul"]);

/** An input or output: floats of a shape, or a shape with another element type. */
type Value = Shape | { readonly shape: Shape; readonly type: keyof typeof DataType };

export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #weights: Tensor[] = [];
  #count = 0;

  /** Adds a constant float tensor; returns its name. */
  weight(
    dims: readonly number[],
    values: ArrayLike<number>,
    type: FloatType = "float",
    name = `w${this.#weights.length}`,
  ): string {
    this.#weights.push(type === "float" ? floatTensor(name, dims, values) : doubleTensor(name, dims, values));
    return name;
  }

  integers(values: readonly number[]): string {
    const name = `w${this.#weights.length}`;
    this.#weights.push(int64Tensor(name, values));
    return name;
  }

  /** Adds a constant unsigned byte, such as a zero point; returns its name. */
  byte(value: number): string {
    const name = `w${this.#weights.length}`;
    this.#weights.push({ name, dims: [], dataType: DataType.uint8, rawData: Uint8Array.of(value) });
    return name;
  }

  /** Adds a node with one output; returns the output's name. */
  op(
    opType: string,
    input: readonly string[],
    attributes: Record<string, AttributeValue> = {},
    output = `t${this.#count++}`,
  ): string {
    this.#node(opType, input, attributes, [output]);
    return output;
  }

  /** Adds a node with two outputs; returns their names. */
  op2(opType: string, input: readonly string[], attributes: Record<string, AttributeValue> = {}): [string, string] {
    const outputs: [string, string] = [`t${this.#count++}`, `t${this.#count++}`];
    this.#node(opType, input, attributes, outputs);
    return outputs;
  }

  #node(opType: string, input: readonly string[], attributes: Record<string, AttributeValue>, output: string[]): void {
    const list = Object.entries(attributes).map(([name, value]) => attribute(name, value));
    const domain = runtimeOperators.has(opType) && { domain: runtimeDomain };
    this.#nodes.push({ name: output[0] ?? "", opType, input: [...input], output, attribute: list, ...domain });
  }

  /** Serialises the model. */
  build(inputs: Record<string, Value>, outputs: Record<string, Value>, opset = 13): Uint8Array {
    const opsetImport = [{ domain: "", version: opset }];
    if (this.#nodes.some(({ domain }) => domain === runtimeDomain)) opsetImport.push({ domain: runtimeDomain, version: 1 });
    return writeModel({
      irVersion: 8,
      producerName: "facenet",
      opsetImport,
      graph: {
        name: "network",
        node: this.#nodes,
        initializer: this.#weights,
        input: valueInfos(inputs),
        output: valueInfos(outputs),
      },
    });
  }
}

function valueInfos(values: Record<string, Value>): ValueInfo[] {
  return Object.entries(values).map(([name, value]) =>
    "shape" in value ? valueInfo(name, value.shape, DataType[value.type]) : valueInfo(name, value),
  );
}

/**
 * Identity network, which copies a tensor back from a device. (onnxruntime-node 1.30 crashes when asked for the data of a tensor
 * in a GPU buffer.)
 */
export function downloadGraph(rank: number): Uint8Array {
  const shape = Array.from({ length: rank }, (_, axis) => `d${axis}`);
  const graph = new GraphBuilder();
  graph.op("Identity", ["x"], {}, "y");
  return graph.build({ x: shape }, { y: shape });
}
