/**
 * Optimisers with the definitions and defaults of torch.optim, as data, and the graph of an update. p is the parameter, g its
 * gradient, r the learning rate, t the step from 1, λ the weight decay. L2 decay adds λ p to g; AdamW decays p itself.
 *
 *     SGD        m = momentum m + (1 - dampening) g (m = g at t = 1)      p -= r m, with Nesterov p -= r (g + momentum m)
 *     AdaGrad    a += g²                                                  p -= r / (1 + (t - 1) rateDecay) g / (sqrt(a) + ε)
 *     RMSProp    v = smoothing v + (1 - smoothing) g²                     m = momentum m + g / (sqrt(v) + ε), p -= r m
 *                (centred: v less the squared running mean of g)
 *     Adam       m = β1 m + (1 - β1) g, v = β2 v + (1 - β2) g²            p -= r m̂ / (sqrt(v̂) + ε), m̂ = m / (1 - β1^t), v̂ likewise
 *     AdamW      as Adam, and p *= 1 - r λ before the step
 *
 * `scripts/check-optimisers.py` compares each with torch.optim over 100 steps.
 */
import type { NetworkPlan } from "./network.ts";
import { Tape, type TapeOptions, type Value } from "./tape.ts";
import { gradientOf, nextOf } from "./training-graph.ts";

type AdamConstants = {
  /** Decay of the mean. Default 0.9. */
  readonly beta1?: number | undefined;
  /** Decay of the mean of squares. Default 0.999. */
  readonly beta2?: number | undefined;
  /** Default 1e-8. */
  readonly epsilon?: number | undefined;
  /** Divides by the largest mean of squares so far (Reddi et al. 2018). Default false. */
  readonly amsgrad?: boolean | undefined;
};

/** All constants default to those of torch.optim. */
export type Optimiser =
  | {
      readonly kind: "sgd";
      /** Default 0. */
      readonly momentum?: number | undefined;
      /** Default 0. */
      readonly dampening?: number | undefined;
      /** Default false. */
      readonly nesterov?: boolean | undefined;
    }
  | {
      readonly kind: "adagrad";
      /** Initial sum of squares. Default 0; TensorFlow's is 0.1. */
      readonly initialAccumulator?: number | undefined;
      /** Default 0. */
      readonly rateDecay?: number | undefined;
      /** Default 1e-10. */
      readonly epsilon?: number | undefined;
    }
  | {
      readonly kind: "rmsprop";
      /** Decay of the mean of squares. Default 0.99. */
      readonly smoothing?: number | undefined;
      /** Default 0. */
      readonly momentum?: number | undefined;
      /** Default 1e-8. */
      readonly epsilon?: number | undefined;
      /** Default false. */
      readonly centred?: boolean | undefined;
    }
  | ({ readonly kind: "adam" } & AdamConstants)
  | ({ readonly kind: "adamw" } & AdamConstants);

/** Optimiser state per parameter, with initial values. */
export function slotsOf(optimiser: Optimiser): Readonly<Record<string, number>> {
  switch (optimiser.kind) {
    case "sgd":
      return (optimiser.momentum ?? 0) > 0 ? { momentum: 0 } : {};
    case "adagrad":
      return { accumulator: optimiser.initialAccumulator ?? 0 };
    case "rmsprop":
      return {
        variance: 0,
        ...((optimiser.momentum ?? 0) > 0 && { momentum: 0 }),
        ...(optimiser.centred && { mean: 0 }),
      };
    case "adam":
    case "adamw":
      return { mean: 0, variance: 0, ...(optimiser.amsgrad && { largest: 0 }) };
    default:
      return optimiser satisfies never;
  }
}

/** Name of an optimiser state of a parameter. */
export const slotOf = (parameter: string, slot: string): string => `${parameter}:${slot}`;
/** Name of a parameter's moving average. */
export const averageOf = (parameter: string): string => `${parameter}:average`;

/** Options per parameter. */
export type StepOptions = {
  /** λ. Default 0. */
  readonly weightDecay?: number;
  /** Factor of the learning rate. Default 1. */
  readonly rateFactor?: number;
};

export type OptimiserGraphOptions = TapeOptions & {
  /** By parameter. Default: no weight decay, unscaled rate. */
  readonly optionsOf?: (parameter: NetworkPlan["parameters"][number]) => StepOptions;
  /** Whether moving averages of the parameters are kept. Default false. */
  readonly averages?: boolean;
};

/**
 * Step of some parameters of a network, so that a large network can be updated in parts.
 *
 * Inputs: `NAME`, `NAME:gradient`, `NAME:SLOT` of each parameter, `rate`, `gradientScale` (factor of all gradients, for
 * clipping), those of {@link stepScalars}, and with averages `NAME:average` and `averageDecay`. Outputs: `NAME:next`,
 * `NAME:SLOT:next`, `NAME:average:next`.
 */
export function optimiserGraph(
  parameters: NetworkPlan["parameters"],
  optimiser: Optimiser,
  { optionsOf = () => ({}), averages = false, ...tapeOptions }: OptimiserGraphOptions = {},
): Uint8Array {
  const tape = new Tape(tapeOptions);
  const shared = tape.input("rate", []).name;
  const scale = tape.input("gradientScale", []).name;
  const scalars = Object.fromEntries(Object.keys(stepScalars(optimiser, 1)).map((name) => [name, tape.input(name, []).name]));
  const averageDecay = averages ? tape.input("averageDecay", []).name : "";
  for (const parameter of parameters) {
    const { name, shape } = parameter;
    const { weightDecay = 0, rateFactor = 1 } = optionsOf(parameter);
    const rate = rateFactor === 1 ? shared : tape.op("Mul", [shared, tape.scalar(rateFactor)]);
    let p = tape.input(name, shape).name;
    let g = tape.op("Mul", [tape.input(gradientOf(name), shape).name, scale]);
    if (weightDecay > 0 && optimiser.kind === "adamw")
      p = tape.op("Mul", [p, tape.op("Sub", [tape.scalar(1), tape.op("Mul", [rate, tape.scalar(weightDecay)])])]);
    else if (weightDecay > 0) g = tape.op("Add", [g, tape.op("Mul", [p, tape.scalar(weightDecay)])]);
    const slots: Record<string, string> = {};
    for (const slot of Object.keys(slotsOf(optimiser))) slots[slot] = tape.input(slotOf(name, slot), shape).name;
    const { direction, next } = stepOf(tape, optimiser, g, slots, scalars);
    const moved: Value = { name: tape.op("Sub", [p, tape.op("Mul", [direction, rate])]), shape };
    tape.output(nextOf(name), moved);
    for (const [slot, value] of Object.entries(next)) tape.output(nextOf(slotOf(name, slot)), { name: value, shape });
    if (!averages) continue;
    const before = tape.input(averageOf(name), shape).name;
    tape.output(nextOf(averageOf(name)), { name: blend(tape, before, moved.name, averageDecay), shape });
  }
  return tape.build();
}

/**
 * Scalars that depend on the number of the step: inputs of the optimiser's graph, by name.
 *
 * @param step t, from 1
 */
export function stepScalars(optimiser: Optimiser, step: number): Readonly<Record<string, number>> {
  switch (optimiser.kind) {
    case "sgd":
      return (optimiser.momentum ?? 0) > 0 ? { gain: step === 1 ? 1 : 1 - (optimiser.dampening ?? 0) } : {};
    case "adagrad":
      return { slowing: 1 / (1 + (step - 1) * (optimiser.rateDecay ?? 0)) };
    case "rmsprop":
      return {};
    case "adam":
    case "adamw": {
      const { beta1 = 0.9, beta2 = 0.999 } = optimiser;
      return { meanCorrection: 1 / (1 - beta1 ** step), deviationCorrection: 1 / Math.sqrt(1 - beta2 ** step) };
    }
    default:
      return optimiser satisfies never;
  }
}

/**
 * Sum of squares of the gradients of some parameters, for clipping by norm: inputs `NAME:gradient`, output `squares`, a scalar.
 */
export function gradientNormGraph(parameters: NetworkPlan["parameters"], tapeOptions: TapeOptions = {}): Uint8Array {
  const tape = new Tape(tapeOptions);
  const sums = parameters.map(({ name, shape }) => {
    const g = tape.input(gradientOf(name), shape).name;
    return tape.op("ReduceSum", [tape.op("Mul", [g, g])], { keepdims: 0 });
  });
  const total = sums.reduce((sum, one) => tape.op("Add", [sum, one]));
  tape.output("squares", { name: total, shape: [] });
  return tape.build();
}

/** share · before + (1 - share) · now, as now + share · (before - now) */
function blend(tape: Tape, before: string, now: string, share: string): string {
  return tape.op("Add", [now, tape.op("Mul", [share, tape.op("Sub", [before, now])])]);
}

type Step = {
  /** Multiplied by the learning rate and subtracted from the parameter. */
  readonly direction: string;
  readonly next: Readonly<Record<string, string>>;
};

function stepOf(
  tape: Tape,
  optimiser: Optimiser,
  g: string,
  slots: Readonly<Record<string, string>>,
  scalars: Readonly<Record<string, string>>,
): Step {
  const { accumulator = "", momentum: m = "", mean = "", variance: v = "", largest = "" } = slots;
  const times = (a: string, b: string | number) => tape.op("Mul", [a, typeof b === "number" ? tape.scalar(b) : b]);
  const plus = (a: string, b: string | number) => tape.op("Add", [a, typeof b === "number" ? tape.scalar(b) : b]);
  const over = (a: string, b: string) => tape.op("Div", [a, b]);
  const root = (a: string) => tape.op("Sqrt", [a]);
  const followed = (before: string, now: string, share: number) => blend(tape, before, now, tape.scalar(share));
  switch (optimiser.kind) {
    case "sgd": {
      const { momentum = 0, nesterov = false } = optimiser;
      if (momentum === 0) return { direction: g, next: {} };
      const next = plus(times(m, momentum), times(g, scalars.gain as string));
      return { direction: nesterov ? plus(g, times(next, momentum)) : next, next: { momentum: next } };
    }
    case "adagrad": {
      const { epsilon = 1e-10 } = optimiser;
      const next = plus(accumulator, times(g, g));
      const direction = times(over(g, plus(root(next), epsilon)), scalars.slowing as string);
      return { direction, next: { accumulator: next } };
    }
    case "rmsprop": {
      const { smoothing = 0.99, momentum = 0, epsilon = 1e-8, centred = false } = optimiser;
      const squares = followed(v, times(g, g), smoothing);
      const middle = centred ? followed(mean, g, smoothing) : undefined;
      const spread = middle === undefined ? squares : tape.op("Sub", [squares, times(middle, middle)]);
      const scaled = over(g, plus(root(spread), epsilon));
      const moved = momentum > 0 ? plus(times(m, momentum), scaled) : undefined;
      return {
        direction: moved ?? scaled,
        next: {
          variance: squares,
          ...(moved !== undefined && { momentum: moved }),
          ...(middle !== undefined && { mean: middle }),
        },
      };
    }
    case "adam":
    case "adamw": {
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad = false } = optimiser;
      const next = { mean: followed(mean, g, beta1), variance: followed(v, times(g, g), beta2) };
      const most = amsgrad ? tape.op("Max", [largest, next.variance]) : undefined;
      const deviation = times(root(most ?? next.variance), scalars.deviationCorrection as string);
      const direction = over(times(next.mean, scalars.meanCorrection as string), plus(deviation, epsilon));
      return { direction, next: { ...next, ...(most !== undefined && { largest: most }) } };
    }
    default:
      return optimiser satisfies never;
  }
}
