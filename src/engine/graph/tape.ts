/**
 * Reverse-mode differentiation (Griewank and Walther, Evaluating Derivatives, chapter 3) whose result is more nodes of the same
 * ONNX graph.
 *
 * An operation adds its nodes with {@link Tape.op}, then declares with {@link Tape.record} how the gradient of its output becomes
 * gradients of its inputs (a vector-Jacobian product). {@link Tape.backward} visits the records from last to first, and sums the
 * gradients of values used more than once.
 */
import { type FloatType, GraphBuilder, type Shape } from "./graph-builder.ts";
import { type AttributeValue, DataType } from "./onnx-model.ts";

/** A tensor of the graph. Images and maps are [n, channels, height, width], rows are [n, size], for any n. */
export type Value = { readonly name: string; readonly shape: Shape };

/**
 * Target execution provider: selects between two implementations of an operation that one provider lacks or runs slowly. "cpu"
 * also suits CUDA.
 */
export type GraphForm = "cpu" | "webgpu";

export type TapeOptions = { readonly form?: GraphForm; readonly type?: FloatType };

/**
 * The vector-Jacobian product of one operation.
 *
 * @param gradient name of the gradient of the output
 * @param wanted whether the gradient of each input is requested
 * @returns names of the gradients of the inputs, in order; undefined or anything if not requested
 */
export type Pullback = (gradient: string, wanted: readonly boolean[]) => readonly (string | undefined)[];

type Entry = { readonly output: Value; readonly inputs: readonly Value[]; readonly pullback: Pullback };

export class Tape {
  readonly form: GraphForm;
  readonly type: FloatType;
  readonly #graph = new GraphBuilder();
  readonly #inputs: Record<string, { shape: Shape; type: FloatType }> = {};
  readonly #outputs: Record<string, { shape: Shape; type: FloatType }> = {};
  readonly #entries: Entry[] = [];
  readonly #tracked = new Set<string>();
  readonly #constants = new Map<string, string>();

  constructor({ form = "cpu", type = "float" }: TapeOptions = {}) {
    this.form = form;
    this.type = type;
  }

  /** The graph's element type as an argument of `Cast`. */
  get elementType(): number {
    return DataType[this.type];
  }

  /** Adds an input of the graph; a tracked one has a gradient, as has everything that depends on it. */
  input(name: string, shape: Shape, { tracked = false } = {}): Value {
    this.#inputs[name] = { shape, type: this.type };
    if (tracked) this.#tracked.add(name);
    return { name, shape };
  }

  /** Adds a constant tensor of the graph's element type. */
  constant(shape: readonly number[], values: ArrayLike<number>, name?: string): Value {
    return { name: this.#graph.weight(shape, values, this.type, name), shape };
  }

  /** Name of a constant scalar; equal ones are shared. */
  scalar(value: number): string {
    return this.#once(`scalar ${value}`, () => this.#graph.weight([], [value], this.type));
  }

  /** Name of a constant list of integers: a shape, axes or indices; equal ones are shared. */
  integers(values: readonly number[]): string {
    return this.#once(`integers ${values}`, () => this.#graph.integers(values));
  }

  /** Name of a constant integer, used as an index. */
  scalarInteger(value: number): string {
    return this.#once(`integer ${value}`, () => this.#graph.op("Squeeze", [this.integers([value])]));
  }

  #once(key: string, add: () => string): string {
    const name = this.#constants.get(key) ?? add();
    this.#constants.set(key, name);
    return name;
  }

  /** Adds a node; returns the name of its output. */
  op(opType: string, inputs: readonly string[], attributes?: Record<string, AttributeValue>): string {
    return this.#graph.op(opType, inputs, attributes);
  }

  /** Adds a node with two outputs. */
  op2(opType: string, inputs: readonly string[], attributes?: Record<string, AttributeValue>): [string, string] {
    return this.#graph.op2(opType, inputs, attributes);
  }

  /** Whether a value has a gradient. */
  isTracked({ name }: Value): boolean {
    return this.#tracked.has(name);
  }

  /** Records how the output of an operation depends on its inputs; returns the output. */
  record(output: Value, inputs: readonly Value[], pullback: Pullback): Value {
    if (inputs.some(({ name }) => this.#tracked.has(name))) {
      this.#tracked.add(output.name);
      this.#entries.push({ output, inputs, pullback });
    }
    return output;
  }

  /**
   * Adds the nodes that back-propagate the gradient of `output`.
   *
   * @param gradient name of a value of the shape of `output`
   * @returns gradients by name of the value; none for a tracked input on which `output` does not depend
   */
  backward(output: Value, gradient: string): ReadonlyMap<string, string> {
    const gradients = new Map([[output.name, gradient]]);
    for (const { output, inputs, pullback } of this.#entries.toReversed()) {
      const given = gradients.get(output.name);
      if (given === undefined) continue;
      const wanted = inputs.map(({ name }) => this.#tracked.has(name));
      const parts = pullback(given, wanted);
      for (const [i, { name }] of inputs.entries()) {
        const part = parts[i];
        if (part === undefined || !wanted[i]) continue;
        const before = gradients.get(name);
        gradients.set(name, before === undefined ? part : this.op("Add", [before, part]));
      }
    }
    return gradients;
  }

  /** Declares a value as an output of the graph, under the given name. */
  output(name: string, { name: value, shape }: Value): void {
    this.#graph.op("Identity", [value], {}, name);
    this.#outputs[name] = { shape, type: this.type };
  }

  /** Serialises the model. */
  build(): Uint8Array {
    return this.#graph.build(this.#inputs, this.#outputs, opset);
  }
}

/** First version with additive ScatterElements, axes as inputs of all reductions, and Pad with axes. */
const opset = 18;
