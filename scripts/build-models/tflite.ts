/**
 * Reads the graph from a TensorFlow Lite file (a FlatBuffer; schema.fbs version 3): tensors, operators and the option fields used
 * by convolutional networks.
 */
import { ByteBuffer } from "flatbuffers";

const FLOAT32 = 0;

/** A tensor; `values` only for float constants. */
export type TfliteTensor = { shape: number[]; values: Float32Array | undefined };
export type TfliteOperator = { code: number; inputs: number[]; outputs: number[]; options: Table | undefined };
export type TfliteGraph = { tensors: TfliteTensor[]; operators: TfliteOperator[]; inputs: number[]; outputs: number[] };

/** Values of `BuiltinOperator` used here. */
export const TfliteOp = { add: 0, conv2d: 3, depthwiseConv2d: 4, mul: 18, relu: 19, reshape: 22, sub: 41, abs: 101 } as const;

/** A FlatBuffer table: fields by index, with defaults for absent ones. */
class Table {
  readonly #buffer: ByteBuffer;
  readonly #position: number;
  constructor(buffer: ByteBuffer, position: number) {
    this.#buffer = buffer;
    this.#position = position;
  }
  #offset(field: number): number {
    const offset = this.#buffer.__offset(this.#position, 4 + 2 * field);
    return offset === 0 ? 0 : this.#position + offset;
  }
  int8(field: number): number {
    const at = this.#offset(field);
    return at ? this.#buffer.readInt8(at) : 0;
  }
  int32(field: number): number {
    const at = this.#offset(field);
    return at ? this.#buffer.readInt32(at) : 0;
  }
  table(field: number): Table | undefined {
    const at = this.#offset(field);
    return at ? new Table(this.#buffer, this.#buffer.__indirect(at)) : undefined;
  }
  #vector<T>(field: number, read: (start: number, index: number) => T): T[] {
    const at = this.#offset(field);
    if (!at) return [];
    const start = at + this.#buffer.readInt32(at);
    return Array.from({ length: this.#buffer.readInt32(start) }, (_, index) => read(start + 4, index));
  }
  int32s(field: number): number[] {
    return this.#vector(field, (start, index) => this.#buffer.readInt32(start + 4 * index));
  }
  bytes(field: number): Uint8Array {
    return Uint8Array.from(this.#vector(field, (start, index) => this.#buffer.readUint8(start + index)));
  }
  tables(field: number): Table[] {
    return this.#vector(field, (start, index) => new Table(this.#buffer, this.#buffer.__indirect(start + 4 * index)));
  }
}

export function readTflite(bytes: Uint8Array): TfliteGraph {
  const buffer = new ByteBuffer(bytes);
  const model = new Table(buffer, buffer.readInt32(0));
  const codes = model.tables(1).map((code) => Math.max(code.int8(0), code.int32(3)));
  const buffers = model.tables(4);
  const [subgraph] = model.tables(2);
  if (!subgraph) throw new Error("tflite: no subgraph");
  const tensors = subgraph.tables(0).map((tensor): TfliteTensor => {
    const data = buffers[tensor.int32(2)]?.bytes(0);
    const constant = data !== undefined && data.length > 0 && tensor.int8(1) === FLOAT32;
    return { shape: tensor.int32s(0), values: constant ? new Float32Array(data.buffer) : undefined };
  });
  const operators = subgraph.tables(3).map(
    (op): TfliteOperator => ({
      code: codes[op.int32(0)] as number,
      inputs: op.int32s(1),
      outputs: op.int32s(2),
      options: op.table(4),
    }),
  );
  return { tensors, operators, inputs: subgraph.int32s(1), outputs: subgraph.int32s(2) };
}
