/**
 * Reads and writes ONNX model files: the part of the format used by converted networks.
 *
 * The message layout follows onnx/onnx.proto (ONNX IR version 8). Fields that no model here uses are left out; protobuf readers
 * skip unknown fields.
 */
import { createRequire } from "node:module";
import type { IField, INamespace, Type } from "protobufjs";

/** Element types of `TensorProto.DataType`. */
export const DataType = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, double: 11 } as const;

export type Tensor = {
  name: string;
  dims: number[];
  dataType: number;
  rawData?: Uint8Array;
  floatData?: number[];
  int64Data?: number[];
};

export type Attribute = {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: Tensor;
  floats?: number[];
  ints?: number[];
};

export type Node = {
  name: string;
  opType: string;
  input: string[];
  output: string[];
  attribute: Attribute[];
  domain?: string;
};

export type Dimension = { dimValue?: number; dimParam?: string };

export type ValueInfo = {
  name: string;
  type: { tensorType: { elemType: number; shape?: { dim: Dimension[] } } };
};

export type Graph = {
  name: string;
  node: Node[];
  initializer: Tensor[];
  input: ValueInfo[];
  output: ValueInfo[];
};

export type Model = {
  irVersion: number;
  producerName: string;
  opsetImport: { domain: string; version: number }[];
  graph: Graph;
};

const f = (type: string, id: number, rule?: "repeated"): IField => ({ type, id, ...(rule && { rule }) });
/** proto2 does not pack repeated numbers by default; ONNX declares these as packed. */
const packed = (type: string, id: number): IField => ({ type, id, rule: "repeated", options: { packed: true } });

const messages: INamespace = {
  nested: {
    Tensor: {
      fields: {
        dims: f("int64", 1, "repeated"),
        dataType: f("int32", 2),
        floatData: packed("float", 4),
        int32Data: packed("int32", 5),
        int64Data: packed("int64", 7),
        name: f("string", 8),
        rawData: f("bytes", 9),
      },
    },
    Attribute: {
      fields: {
        name: f("string", 1),
        f: f("float", 2),
        i: f("int64", 3),
        s: f("bytes", 4),
        t: f("Tensor", 5),
        floats: f("float", 7, "repeated"),
        ints: f("int64", 8, "repeated"),
        type: f("int32", 20),
      },
    },
    Node: {
      fields: {
        input: f("string", 1, "repeated"),
        output: f("string", 2, "repeated"),
        name: f("string", 3),
        opType: f("string", 4),
        attribute: f("Attribute", 5, "repeated"),
        domain: f("string", 7),
      },
    },
    Dimension: { fields: { dimValue: f("int64", 1), dimParam: f("string", 2) } },
    Shape: { fields: { dim: f("Dimension", 1, "repeated") } },
    TensorType: { fields: { elemType: f("int32", 1), shape: f("Shape", 2) } },
    Type: { fields: { tensorType: f("TensorType", 1) } },
    ValueInfo: { fields: { name: f("string", 1), type: f("Type", 2) } },
    Graph: {
      fields: {
        node: f("Node", 1, "repeated"),
        name: f("string", 2),
        initializer: f("Tensor", 5, "repeated"),
        input: f("ValueInfo", 11, "repeated"),
        output: f("ValueInfo", 12, "repeated"),
      },
    },
    OperatorSet: { fields: { domain: f("string", 1), version: f("int64", 2) } },
    Model: {
      fields: {
        irVersion: f("int64", 1),
        producerName: f("string", 2),
        graph: f("Graph", 7),
        opsetImport: f("OperatorSet", 8, "repeated"),
      },
    },
  },
};

const require = createRequire(import.meta.url);
let loadedType: Type | undefined;
/** Loads protobufjs with the first model that is read or written: most commands do neither. */
function modelType(): Type {
  loadedType ??= (require("protobufjs") as typeof import("protobufjs")).Root.fromJSON(messages).lookupType("Model");
  return loadedType;
}

/** Parses a model file. Initializers keep their stored representation; see {@link floats}. */
export function readModel(bytes: Uint8Array): Model {
  const type = modelType();
  return type.toObject(type.decode(bytes), { longs: Number, arrays: true, defaults: false }) as Model;
}

export function writeModel(model: Model): Uint8Array {
  const type = modelType();
  return type.encode(type.fromObject(model)).finish();
}

/** Copies the values of a float tensor, from whichever of the two fields holds them. */
export function floats(tensor: Tensor): Float32Array {
  if (tensor.dataType !== DataType.float) throw new TypeError(`${tensor.name}: not a float tensor`);
  const raw = tensor.rawData;
  if (raw && raw.length > 0) return new Float32Array(new Uint8Array(raw).buffer);
  return Float32Array.from(tensor.floatData ?? []);
}

/** Values of an int64 tensor as plain numbers. */
export function integers(tensor: Tensor): number[] {
  if (tensor.dataType !== DataType.int64) throw new TypeError(`${tensor.name}: not an int64 tensor`);
  const raw = tensor.rawData;
  if (raw && raw.length > 0) return Array.from(new BigInt64Array(new Uint8Array(raw).buffer), Number);
  return tensor.int64Data ?? [];
}

export function floatTensor(name: string, dims: readonly number[], values: ArrayLike<number>): Tensor {
  return { ...shaped(name, dims, values), dataType: DataType.float, rawData: bytesOf(new Float32Array(values)) };
}

export function doubleTensor(name: string, dims: readonly number[], values: ArrayLike<number>): Tensor {
  return { ...shaped(name, dims, values), dataType: DataType.double, rawData: bytesOf(new Float64Array(values)) };
}

/** @throws RangeError if the number of values does not match the shape */
function shaped(name: string, dims: readonly number[], { length }: ArrayLike<number>): Pick<Tensor, "name" | "dims"> {
  const count = dims.reduce((a, b) => a * b, 1);
  if (length !== count) throw new RangeError(`${name}: [${dims}] holds ${count} values, got ${length}`);
  return { name, dims: [...dims] };
}

function bytesOf({ buffer }: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer);
}

export function int64Tensor(name: string, values: readonly number[]): Tensor {
  const data = BigInt64Array.from(values, BigInt);
  return { name, dims: [values.length], dataType: DataType.int64, rawData: new Uint8Array(data.buffer) };
}

/** A plain attribute value; integers become `i` and `ints`, wrap a float in `{ float }`. */
export type AttributeValue = number | string | readonly number[] | { float: number };

export function attribute(name: string, value: AttributeValue): Attribute {
  if (typeof value === "number") return { name, type: 2, i: value };
  if (typeof value === "string") return { name, type: 3, s: Buffer.from(value) };
  if ("float" in value) return { name, type: 1, f: value.float };
  return { name, type: 7, ints: [...value] };
}

/** Name and shape of a float value; a string is a dimension known at run time only. */
export function valueInfo(name: string, shape: readonly (number | string)[], elemType: number = DataType.float): ValueInfo {
  const dim = shape.map((size): Dimension => (typeof size === "string" ? { dimParam: size } : { dimValue: size }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
