/** Collects the nodes and weights of one network and writes them as an ONNX model. */
import {
  type AttributeValue,
  attribute,
  DataType,
  floatTensor,
  int64Tensor,
  type Node,
  type Tensor,
  type ValueInfo,
  valueInfo,
  writeModel,
} from "./onnx-model.ts";

/** Sizes of a value's dimensions; a string is one that is known at run time only. */
type Shape = readonly (number | string)[];

/** An input or output: floats of a shape, or another element type with it. */
type Value = Shape | { readonly shape: Shape; readonly type: keyof typeof DataType };

export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #weights: Tensor[] = [];
  #count = 0;

  /** Adds a constant float tensor; returns its name. */
  weight(dims: readonly number[], values: ArrayLike<number>): string {
    const name = `w${this.#weights.length}`;
    this.#weights.push(floatTensor(name, dims, values));
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
    const list = Object.entries(attributes).map(([name, value]) => attribute(name, value));
    this.#nodes.push({ name: output, opType, input: [...input], output: [output], attribute: list });
    return output;
  }

  /** The finished model file. */
  build(inputs: Record<string, Value>, outputs: Record<string, Value>, opset = 13): Uint8Array {
    return writeModel({
      irVersion: 8,
      producerName: "facenet",
      opsetImport: [{ domain: "", version: opset }],
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
