/**
 * Optimisers: how a gradient changes a parameter, as data, and the graph that computes a step. Formulas and defaults are
 * TensorFlow's, which the reference implementation trains with. p is the parameter, g its gradient plus weightDecay · p, r the rate:
 *
 *     AdaGrad    a += g²                                  p -= r g / sqrt(a)              a begins at 0.1
 *     SGD        m = momentum m + g                       p -= r m, with Nesterov p -= r (g + momentum m)
 *     Adam       m = β1 m + (1-β1) g, v = β2 v + (1-β2) g²     p -= r sqrt(1-β2^t)/(1-β1^t) m / (sqrt(v) + ε)
 *     RMSProp    v = decay v + (1-decay) g²               m = momentum m + r g / sqrt(v + ε), p -= m     v begins at 1
 */
import type { NetworkPlan } from "./network.ts";
import { Tape, type TapeOptions, type Value } from "./tape.ts";
import { gradientOf, nextOf } from "./training-graph.ts";

export type Optimiser =
  | { readonly kind: "adagrad"; readonly initialAccumulator?: number }
  | { readonly kind: "sgd"; readonly momentum?: number; readonly nesterov?: boolean }
  | { readonly kind: "adam"; readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number }
  | { readonly kind: "rmsprop"; readonly decay?: number; readonly momentum?: number; readonly epsilon?: number };

/** What an optimiser keeps of a parameter from step to step, and the value it begins with. */
export function slotsOf(optimiser: Optimiser): Readonly<Record<string, number>> {
  switch (optimiser.kind) {
    case "adagrad":
      return { accumulator: optimiser.initialAccumulator ?? 0.1 };
    case "sgd":
      return (optimiser.momentum ?? 0) > 0 ? { momentum: 0 } : {};
    case "adam":
      return { mean: 0, variance: 0 };
    case "rmsprop":
      return { variance: 1, momentum: 0 };
    default:
      return optimiser satisfies never;
  }
}

/** The name of what an optimiser keeps of a parameter. */
export const slotOf = (parameter: string, slot: string): string => `${parameter}:${slot}`;
/** The name of a parameter's moving average. */
export const averageOf = (parameter: string): string => `${parameter}:average`;

export type OptimiserGraphOptions = TapeOptions & {
  /** L2: weightDecay · p is added to the gradient of a parameter that decays. Default 0. */
  readonly weightDecay?: number;
  /** Whether moving averages of the parameters are kept. Default false. */
  readonly averages?: boolean;
};

/**
 * One step for some parameters of a network, so that a large network can go part by part.
 *
 * Inputs: `NAME`, `NAME:gradient`, `NAME:SLOT` of each parameter, `rate`, `correction` (see {@link rateCorrection}), and with
 * averages `NAME:average` and `averageDecay`. Outputs: `NAME:next`, `NAME:SLOT:next`, `NAME:average:next`.
 */
export function optimiserGraph(
  parameters: NetworkPlan["parameters"],
  optimiser: Optimiser,
  { weightDecay = 0, averages = false, ...tapeOptions }: OptimiserGraphOptions = {},
): Uint8Array {
  const tape = new Tape(tapeOptions);
  const rate = tape.op("Mul", [tape.input("rate", []).name, tape.input("correction", []).name]);
  const averageDecay = averages ? tape.input("averageDecay", []).name : "";
  for (const { name, shape, decays } of parameters) {
    const p = tape.input(name, shape).name;
    let g = tape.input(gradientOf(name), shape).name;
    if (decays && weightDecay > 0) g = tape.op("Add", [g, tape.op("Mul", [p, tape.scalar(weightDecay)])]);
    const slots: Record<string, string> = {};
    for (const slot of Object.keys(slotsOf(optimiser))) slots[slot] = tape.input(slotOf(name, slot), shape).name;
    const { step, next } = stepOf(tape, optimiser, g, slots, rate);
    const moved: Value = { name: tape.op("Sub", [p, step]), shape };
    tape.output(nextOf(name), moved);
    for (const [slot, value] of Object.entries(next)) tape.output(nextOf(slotOf(name, slot)), { name: value, shape });
    if (!averages) continue;
    const before = tape.input(averageOf(name), shape).name;
    const average = blend(tape, before, moved.name, averageDecay);
    tape.output(nextOf(averageOf(name)), { name: average, shape });
  }
  return tape.build();
}

/**
 * Adam's correction of the rate for moments that begin at 0, sqrt(1-β2^t)/(1-β1^t); 1 for the others.
 *
 * @param step t, from 1
 */
export function rateCorrection(optimiser: Optimiser, step: number): number {
  if (optimiser.kind !== "adam") return 1;
  const { beta1 = 0.9, beta2 = 0.999 } = optimiser;
  return Math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step);
}

/** share · before + (1 - share) · now, as now + share · (before - now) */
function blend(tape: Tape, before: string, now: string, share: string): string {
  return tape.op("Add", [now, tape.op("Mul", [share, tape.op("Sub", [before, now])])]);
}

type Step = { readonly step: string; readonly next: Readonly<Record<string, string>> };

/** What is taken off a parameter, and what the slots become. */
function stepOf(tape: Tape, optimiser: Optimiser, g: string, slots: Readonly<Record<string, string>>, rate: string): Step {
  const { accumulator = "", momentum: m = "", mean = "", variance: v = "" } = slots;
  const times = (a: string, b: string | number) => tape.op("Mul", [a, typeof b === "number" ? tape.scalar(b) : b]);
  const plus = (a: string, b: string | number) => tape.op("Add", [a, typeof b === "number" ? tape.scalar(b) : b]);
  const over = (a: string, b: string) => tape.op("Div", [a, b]);
  const root = (a: string) => tape.op("Sqrt", [a]);
  switch (optimiser.kind) {
    case "adagrad": {
      const next = plus(accumulator, times(g, g));
      return { step: times(over(g, root(next)), rate), next: { accumulator: next } };
    }
    case "sgd": {
      const { momentum = 0, nesterov = false } = optimiser;
      if (momentum === 0) return { step: times(g, rate), next: {} };
      const next = plus(times(m, momentum), g);
      return { step: times(nesterov ? plus(g, times(next, momentum)) : next, rate), next: { momentum: next } };
    }
    case "adam": {
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 0.1 } = optimiser;
      const next = {
        mean: blend(tape, mean, g, tape.scalar(beta1)),
        variance: blend(tape, v, times(g, g), tape.scalar(beta2)),
      };
      return { step: times(over(next.mean, plus(root(next.variance), epsilon)), rate), next };
    }
    case "rmsprop": {
      const { decay = 0.9, momentum = 0.9, epsilon = 1 } = optimiser;
      const variance = blend(tape, v, times(g, g), tape.scalar(decay));
      const step = plus(times(m, momentum), times(over(g, root(plus(variance, epsilon))), rate));
      return { step, next: { variance, momentum: step } };
    }
    default:
      return optimiser satisfies never;
  }
}
