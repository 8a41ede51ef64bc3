import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { rateCourse } from "../../training/learning-rate.ts";
import { OnnxNetwork } from "../onnx-network.ts";
import type { ParameterPlan } from "./layers/layer.ts";
import { gradientNormGraph, type Optimiser, optimiserGraph, slotsOf, stepScalars } from "./optimiser.ts";

/** Results of torch.optim; see scripts/torch/check_optimisers.py. */
type Reference = {
  readonly begun: readonly number[];
  readonly targets: readonly number[];
  readonly after: readonly number[];
  readonly cases: readonly {
    readonly name: string;
    readonly optimiser: Optimiser;
    readonly rate: number;
    readonly weightDecay?: number;
    readonly clip?: number;
    readonly average?: number;
    readonly warmup?: number;
    readonly rateSchedule?: "cosine" | "step";
    readonly milestones?: readonly number[];
    readonly rates?: readonly number[];
    readonly places: readonly (readonly number[])[];
    readonly averages?: readonly (readonly number[])[];
  }[];
};
const file = new URL("../../../docs/results/torch/optimisers.json", import.meta.url);
const reference = JSON.parse(await readFile(file, "utf8")) as Reference;
const STEPS = 100;

const size = reference.begun.length;
const weight: ParameterPlan = { name: "p", shape: [size], initial: { value: 0 }, role: "trained", decays: true };
const vector = (values: ArrayLike<number>) => ({ data: Float64Array.from(values), dims: [values.length] });
const scalar = (value: number) => ({ data: Float64Array.of(value), dims: [] });

const open: OnnxNetwork[] = [];
const networkOf = async (bytes: Uint8Array): Promise<OnnxNetwork> => {
  const network = await OnnxNetwork.create(bytes, { threads: 1 });
  open.push(network);
  return network;
};
afterEach(async () => {
  for (const network of open.splice(0)) await network.dispose();
});

describe.each(reference.cases)("$name", (one) => {
  it("equals torch.optim over 100 steps", async () => {
    const { optimiser, rate, weightDecay = 0, clip, average } = one;
    const averages = average !== undefined;
    const bytes = optimiserGraph([weight], optimiser, { type: "double", averages, optionsOf: () => ({ weightDecay }) });
    const network = await networkOf(bytes);
    const norm = await networkOf(gradientNormGraph([weight], { type: "double" }));
    const course = rateCourse({
      learningRate: rate,
      steps: STEPS,
      rateSchedule: one.rateSchedule ?? "constant",
      warmup: (one.warmup ?? 0) / STEPS,
      milestones: one.milestones ?? [],
      milestoneFactor: 0.1,
      finalRate: 0,
    });
    let kept: Record<string, ReturnType<typeof vector>> = { p: vector(reference.begun) };
    if (averages) kept["p:average"] = vector(reference.begun);
    for (const [slot, initial] of Object.entries(slotsOf(optimiser))) kept[`p:${slot}`] = vector(new Array(size).fill(initial));
    for (let t = 1; t <= STEPS; t++) {
      const gradient = vector(
        [...(kept.p?.data ?? [])].map((p, i) => 0.5 * p - (reference.targets[i] as number) + 0.3 * Math.sin(t * (i + 1))),
      );
      const { squares } = await norm.run<Float64Array>({ "p:gradient": gradient });
      const length = Math.sqrt(squares?.data[0] as number);
      const results = await network.run<Float64Array>({
        ...kept,
        "p:gradient": gradient,
        rate: scalar(course(t - 1)),
        gradientScale: scalar(clip === undefined ? 1 : Math.min(1, clip / (length + 1e-6))),
        ...(averages && { averageDecay: scalar(Math.min(average, (1 + t) / (10 + t))) }),
        ...Object.fromEntries(Object.entries(stepScalars(optimiser, t)).map(([name, value]) => [name, scalar(value)])),
      });
      if (one.rates) expect(course(t - 1)).toBeCloseTo(one.rates[t - 1] as number, 10);
      kept = Object.fromEntries(Object.keys(kept).map((name) => [name, results[`${name}:next`] as ReturnType<typeof vector>]));
      const seen = reference.after.indexOf(t);
      if (seen < 0) continue;
      for (let i = 0; i < size; i++) {
        expect(kept.p?.data[i], `step ${t}`).toBeCloseTo(one.places[seen]?.[i] as number, 5);
        if (averages) expect(kept["p:average"]?.data[i], `step ${t}`).toBeCloseTo(one.averages?.[seen]?.[i] as number, 5);
      }
    }
  });
});

it("applies the rate and decay of a parameter group", async () => {
  const bytes = optimiserGraph(
    [weight, { ...weight, name: "q" }],
    { kind: "sgd" },
    {
      type: "double",
      optionsOf: ({ name }) => (name === "q" ? { rateFactor: 0.5, weightDecay: 2 } : {}),
    },
  );
  const network = await networkOf(bytes);
  const ones = vector(new Array(size).fill(1));
  const results = await network.run<Float64Array>({
    p: ones,
    q: ones,
    "p:gradient": ones,
    "q:gradient": ones,
    rate: scalar(0.1),
    gradientScale: scalar(1),
  });
  expect(results["p:next"]?.data[0]).toBeCloseTo(0.9, 12);
  expect(results["q:next"]?.data[0]).toBeCloseTo(1 - 0.1 * 0.5 * 3, 12);
});
