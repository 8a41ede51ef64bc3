/**
 * Tests an operation: its values against a naive float64 computation, and its gradients against finite differences of that
 * computation.
 */
import { expect } from "vitest";
import type { FloatType, Shape } from "../../src/engine/graph/graph-builder.ts";
import { Tape, type Value } from "../../src/engine/graph/tape.ts";
import { OnnxNetwork, type TensorData } from "../../src/engine/onnx-network.ts";
import type { Variant } from "./devices.ts";

export type OperationCase = {
  /** Shapes of the inputs by name, filled with random or given values. */
  readonly inputs: Readonly<Record<string, readonly number[] | GivenInput>>;
  /** Inputs that are not differentiated. */
  readonly fixed?: readonly string[];
  readonly build: (tape: Tape, inputs: Readonly<Record<string, Value>>) => Value;
  /** The naive computation on plain arrays. */
  readonly reference: (inputs: Readonly<Record<string, Float64Array>>) => ArrayLike<number>;
  /** "float" if the runtime has no float64 kernel. */
  readonly type: FloatType;
};

export type GivenInput = { readonly shape: readonly number[]; readonly values: readonly number[] };

/** Largest difference relative to the largest value: rounding errors, and finite differences with a step of 1e-5. */
const tolerance = { float: 2e-5, double: 1e-8 } as const;
const step = 1e-5;

export async function checkOperation(
  { inputs, fixed = [], build, reference, type }: OperationCase,
  variant: Variant,
): Promise<void> {
  const elements = variant.device === "webgpu" ? "float" : type; // WebGPU knows no float64
  const random = numbers(7);
  const data: Record<string, Float64Array> = {};
  const shapes: Record<string, readonly number[]> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const shape = "shape" in input ? input.shape : input;
    shapes[name] = shape;
    const count = shape.reduce((a, b) => a * b, 1);
    const values = "shape" in input ? input.values : Array.from({ length: count }, random);
    data[name] = Float64Array.from(values, Math.fround);
  }

  const tape = new Tape({ form: variant.form, type: elements });
  const values: Record<string, Value> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const free: Shape = name === "x" ? ["n", ...shape.slice(1)] : shape;
    values[name] = tape.input(name, free, { tracked: !fixed.includes(name) });
  }
  const y = build(tape, values);
  const expected = reference(data);
  const weights = Float64Array.from(expected, () => Math.fround(random()));
  const outputShape = y.shape.map((size) => (typeof size === "number" ? size : (shapes.x?.[0] ?? 1)));
  const gradients = tape.backward(y, tape.input("dy", y.shape).name);
  tape.output("y", y);
  const differentiated = Object.keys(shapes).filter((name) => !fixed.includes(name));
  for (const name of differentiated)
    tape.output(`d${name}`, { name: gradients.get(name) ?? "missing", shape: values[name]?.shape ?? [] });

  const network = await OnnxNetwork.create(tape.build(), { threads: 1, device: variant.device });
  const tensor = (array: Float64Array, dims: readonly number[]) => ({
    data: elements === "float" ? new Float32Array(array) : array,
    dims,
  });
  const feeds = Object.fromEntries(Object.entries(data).map(([name, array]) => [name, tensor(array, shapes[name] ?? [])]));
  const results = await network.run<TensorData>({ ...feeds, dy: tensor(weights, outputShape) });
  await network.dispose();

  const numbersOf = (name: string) => Float64Array.from(results[name]?.data as Float64Array);
  expect(results.y?.dims).toEqual(outputShape);
  expectClose("y", numbersOf("y"), expected, tolerance[elements]);
  const loss = () => Array.from(reference(data)).reduce((sum, value, i) => sum + value * (weights[i] as number), 0);
  for (const name of differentiated) {
    const array = data[name] as Float64Array;
    const slopes = array.map((value, i) => {
      array[i] = value + step;
      const above = loss();
      array[i] = value - step;
      const below = loss();
      array[i] = value;
      return (above - below) / (2 * step);
    });
    expect(results[`d${name}`]?.dims).toEqual(shapes[name]);
    expectClose(`d${name}`, numbersOf(`d${name}`), slopes, tolerance[elements]);
  }
}

function expectClose(name: string, actual: Float64Array, expected: ArrayLike<number>, within: number): void {
  expect(actual.length, name).toBe(expected.length);
  const largest = Math.max(1, ...Array.from(expected, Math.abs));
  const differences = actual.map((value, i) => Math.abs(value - (expected[i] as number)) / largest);
  const worst = differences.reduce((a, b) => Math.max(a, b), 0);
  expect(worst, `${name}: largest difference`).toBeLessThan(within);
  expect(
    actual.some((value) => value !== 0),
    `${name} is not all 0`,
  ).toBe(true);
}

/** Deterministic pseudo-random numbers from -1 to 1 (Park and Miller 1988). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 1_073_741_823.5 - 1;
  };
}
