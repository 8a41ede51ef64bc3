import { describe, expect, it } from "vitest";
import { OnnxNetwork } from "../onnx-network.ts";
import type { ParameterPlan } from "./layers/layer.ts";
import { type Optimiser, optimiserGraph, rateCorrection, slotsOf } from "./optimiser.ts";

const parameters: ParameterPlan[] = [
  { name: "weight", shape: [2, 2], initial: { value: 0 }, role: "trained", decays: true },
  { name: "bias", shape: [3], initial: { value: 0 }, role: "trained", decays: false },
];
const begun = { weight: [0.5, -1, 2, 0], bias: [0.1, 0.2, -0.3] };
/** Gradients of three steps. */
const gradients = [0, 1, 2].map((step) => ({
  weight: [0.3, -0.2, 0.5, 1].map((g) => g * (step + 1) - step),
  bias: [0.1, -0.4, 0.2].map((g) => g - 0.1 * step),
}));
const RATE = 0.1;
const WEIGHT_DECAY = 0.01;
const AVERAGE_DECAY = 0.9;

/** What one value does in three steps, its formula written out. */
type Scalar = (p: number, g: number, t: number, memory: Record<string, number>) => number;

const naive: [string, Optimiser, Scalar][] = [
  [
    "AdaGrad",
    { kind: "adagrad" },
    (p, g, _, m) => {
      m.accumulator = (m.accumulator ?? 0.1) + g * g;
      return p - (RATE * g) / Math.sqrt(m.accumulator);
    },
  ],
  ["SGD", { kind: "sgd" }, (p, g) => p - RATE * g],
  [
    "SGD with momentum",
    { kind: "sgd", momentum: 0.9 },
    (p, g, _, m) => {
      m.momentum = 0.9 * (m.momentum ?? 0) + g;
      return p - RATE * m.momentum;
    },
  ],
  [
    "Nesterov",
    { kind: "sgd", momentum: 0.9, nesterov: true },
    (p, g, _, m) => {
      m.momentum = 0.9 * (m.momentum ?? 0) + g;
      return p - RATE * (g + 0.9 * m.momentum);
    },
  ],
  [
    "Adam",
    { kind: "adam", epsilon: 1e-3 },
    (p, g, t, m) => {
      m.mean = 0.9 * (m.mean ?? 0) + 0.1 * g;
      m.variance = 0.999 * (m.variance ?? 0) + 0.001 * g * g;
      const rate = (RATE * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
      return p - (rate * m.mean) / (Math.sqrt(m.variance) + 1e-3);
    },
  ],
  [
    "RMSProp",
    { kind: "rmsprop" },
    (p, g, _, m) => {
      m.variance = 0.9 * (m.variance ?? 1) + 0.1 * g * g;
      m.momentum = 0.9 * (m.momentum ?? 0) + (RATE * g) / Math.sqrt(m.variance + 1);
      return p - m.momentum;
    },
  ],
];

describe.each(naive)("%s", (_, optimiser, scalar) => {
  it("moves every parameter as its formula says, with weight decay and averages", async () => {
    const bytes = optimiserGraph(parameters, optimiser, { type: "double", weightDecay: WEIGHT_DECAY, averages: true });
    const network = await OnnxNetwork.create(bytes, { threads: 1 });
    const tensor = (values: readonly number[], dims: readonly number[] = []) => ({ data: Float64Array.from(values), dims });
    const kept: Record<string, ReturnType<typeof tensor>> = {};
    for (const { name, shape } of parameters) {
      const values = begun[name as "weight" | "bias"];
      kept[name] = tensor(values, shape);
      kept[`${name}:average`] = tensor(values, shape);
      for (const [slot, initial] of Object.entries(slotsOf(optimiser)))
        kept[`${name}:${slot}`] = tensor(
          values.map(() => initial),
          shape,
        );
    }
    for (const [i, gradient] of gradients.entries()) {
      const results = await network.run<Float64Array>({
        ...kept,
        "weight:gradient": tensor(gradient.weight, [2, 2]),
        "bias:gradient": tensor(gradient.bias, [3]),
        rate: tensor([RATE]),
        correction: tensor([rateCorrection(optimiser, i + 1)]),
        averageDecay: tensor([AVERAGE_DECAY]),
      });
      for (const name of Object.keys(kept)) kept[name] = results[`${name}:next`] as ReturnType<typeof tensor>;
    }
    await network.dispose();

    for (const { name, decays } of parameters)
      for (const [i, first] of begun[name as "weight" | "bias"].entries()) {
        let [p, average] = [first, first];
        const memory = {};
        for (const [step, gradient] of gradients.entries()) {
          const g = (gradient[name as "weight" | "bias"][i] as number) + (decays ? WEIGHT_DECAY * p : 0);
          p = scalar(p, g, step + 1, memory);
          average = AVERAGE_DECAY * average + (1 - AVERAGE_DECAY) * p;
        }
        expect(kept[name]?.data[i]).toBeCloseTo(p, 6);
        expect(kept[`${name}:average`]?.data[i]).toBeCloseTo(average, 6);
      }
  });
});
