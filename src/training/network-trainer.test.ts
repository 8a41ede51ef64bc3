import { afterEach, describe, expect, it } from "vitest";
import { hasWebGpu } from "../../test/graph/devices.ts";
import { relu } from "../engine/graph/layers/activations.ts";
import { convolution } from "../engine/graph/layers/convolution.ts";
import { fullyConnected } from "../engine/graph/layers/fully-connected.ts";
import { batchNormalisation, l2Normalisation } from "../engine/graph/layers/normalisation.ts";
import { maxPooling } from "../engine/graph/layers/pooling.ts";
import { inferenceModel, initialParameters, type Parameters, planNetwork } from "../engine/graph/network.ts";
import { OnnxNetwork } from "../engine/onnx-network.ts";
import { NetworkTrainer, type NetworkTrainerOptions, parametersOf, type TrainerState } from "./network-trainer.ts";

const plan = planNetwork({
  name: "tiny",
  summary: "for these tests",
  input: { width: 9, height: 7 },
  layers: [
    convolution("conv1", { filters: 4, kernel: 3, stride: 2 }),
    relu("relu1"),
    fullyConnected("fc", { outputs: 3 }),
    l2Normalisation("L2"),
  ],
});

let state = 1;
const random = (): number => {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
};
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random() * 2 - 1);
const images = (count: number) => ({ data: numbers(count * 3 * 63), dims: [count, 3, 7, 9] });
const rows = ({ data, dims }: { data: Float32Array; dims: readonly number[] }, from: number, to: number) => {
  const size = data.length / (dims[0] ?? 1);
  return { data: data.slice(from * size, to * size), dims: [to - from, ...dims.slice(1)] };
};

const open: NetworkTrainer[] = [];
function trainer(
  from: Parameters | TrainerState = initialParameters(plan, random),
  options: Partial<NetworkTrainerOptions> = {},
) {
  const made = NetworkTrainer.create(plan, from, { optimiser: { kind: "adagrad" }, threads: 1, ...options });
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const made of open.splice(0)) await made.dispose();
});

describe("NetworkTrainer", () => {
  it("returns the lengths before L2 normalisation, if the network has one", async () => {
    const { layers, ...rest } = plan.network;
    const unscaled = planNetwork({ ...rest, layers: layers.slice(0, -1) });
    const parameters = initialParameters(plan, random);
    const faces = images(5);
    const { embeddings, norms } = await trainer(parameters).embedWithNorms(faces);
    const raw = NetworkTrainer.create(unscaled, parameters, { optimiser: { kind: "sgd" }, threads: 1 });
    open.push(raw);
    const before = await raw.embedWithNorms(faces);
    expect(before.norms).toBeUndefined();
    for (let i = 0; i < 5; i++) {
      const own = before.embeddings.data.slice(3 * i, 3 * i + 3);
      expect(norms?.data[i]).toBeCloseTo(Math.hypot(...own), 5);
      for (const k of [0, 1, 2])
        expect((embeddings.data[3 * i + k] as number) * (norms?.data[i] as number)).toBeCloseTo(own[k] as number, 5);
    }
  });

  it("moves embeddings along the negative gradient", async () => {
    const training = trainer();
    const faces = images(4);
    const pull = { data: Float32Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? -1 : 0)), dims: [4, 3] };
    const first = (await training.embed(faces)).data;
    for (let i = 0; i < 20; i++) {
      await training.accumulate(faces, pull);
      await training.step(0.05);
    }
    const last = (await training.embed(faces)).data;
    expect(first[0] as number).toBeLessThan(0.9);
    for (const row of [0, 1, 2, 3]) expect(last[row * 3] as number).toBeGreaterThan(0.9);
    expect(training.steps).toBe(20);
  });

  it("accumulates over chunks the gradient of the whole batch", async () => {
    const whole = trainer();
    const chunked = trainer(await whole.save());
    const [faces, gradient] = [images(5), { data: numbers(15), dims: [5, 3] }];
    await whole.accumulate(faces, gradient);
    for (const [from, to] of [
      [0, 2],
      [2, 4],
      [4, 5],
    ] as const)
      await chunked.accumulate(rows(faces, from, to), rows(gradient, from, to));
    const [expected, sum] = [await whole.gradients(), await chunked.gradients()];
    for (const [name, values] of expected)
      for (const [i, value] of values.entries()) expect(sum.get(name)?.[i]).toBeCloseTo(value, 5);
  });

  it("resumes from a saved state, bit for bit", async () => {
    const options = { optimiser: { kind: "adam" }, averageDecay: 0.9, weightDecay: 0.01 } as const;
    const training = trainer(undefined, options);
    const [faces, gradient] = [images(2), { data: numbers(6), dims: [2, 3] }];
    const step = async (of: NetworkTrainer) => {
      await of.accumulate(faces, gradient);
      await of.step(0.1);
    };
    await step(training);
    const resumed = NetworkTrainer.create(plan, await training.save(), { ...options, threads: 1 });
    open.push(resumed);
    await step(training);
    await step(resumed);
    expect(await resumed.save()).toEqual(await training.save());
  });

  it("exports what it trained", async () => {
    const training = trainer();
    const faces = images(3);
    await training.accumulate(faces, { data: numbers(9), dims: [3, 3] });
    await training.step(0.1);
    const model = inferenceModel(plan, parametersOf(await training.save()));
    const network = await OnnxNetwork.create(model, { threads: 1 });
    const { embeddings } = await network.run({ images: faces });
    await network.dispose();
    for (const [i, value] of (await training.embed(faces)).data.entries()) expect(embeddings?.data[i]).toBeCloseTo(value, 5);
  });

  it("rejects the parameters of a different network", () => {
    expect(() => trainer(new Map([["conv1.weight", new Float32Array(108)]]))).toThrow("conv1.bias is missing");
    const wrong = initialParameters(plan, random).set("fc.bias", new Float32Array(2));
    expect(() => trainer(wrong)).toThrow("fc.bias must hold 3 values [3], holds 2");
  });
});

describe("a step's options", () => {
  const [faces, gradient] = [images(4), { data: numbers(12), dims: [4, 3] }];
  const stepped = async (options: Partial<NetworkTrainerOptions>, begun: Parameters, steps = 1) => {
    const training = trainer(begun, { optimiser: { kind: "sgd" }, ...options });
    let norm: number | undefined;
    for (let i = 0; i < steps; i++) {
      await training.accumulate(faces, gradient);
      norm = await training.step(0.1);
    }
    return { norm, ...(await training.save()) };
  };
  const distance = (a: Parameters, b: ReadonlyMap<string, Float32Array>, part = "") =>
    Math.sqrt(
      [...a]
        .filter(([name]) => name.startsWith(part))
        .flatMap(([name, values]) => [...values.map((value, i) => (value - (b.get(name)?.[i] as number)) ** 2)])
        .reduce((sum, square) => sum + square, 0),
    );

  it("clip the global gradient norm, and return its value", async () => {
    const begun = initialParameters(plan, random);
    const free = await stepped({ clipNorm: 1000 }, begun);
    const length = distance(begun, free.tensors) / 0.1;
    expect(free.norm).toBeCloseTo(length, 3);
    const clipped = await stepped({ clipNorm: length / 4 }, begun);
    expect(distance(begun, clipped.tensors)).toBeCloseTo((0.1 * length) / 4, 4);
    expect((await stepped({}, begun)).norm).toBeUndefined();
  });

  it("come from the first matching group, and only weights decay by default", async () => {
    const begun = new Map([...initialParameters(plan, random)].map(([name, values]) => [name, values.map((v) => v + 0.1)]));
    const frozen = await stepped({ groups: [{ prefix: "conv1", rateFactor: 0 }] }, begun);
    expect(distance(begun, frozen.tensors, "conv1")).toBe(0);
    expect(distance(begun, frozen.tensors, "fc")).toBeGreaterThan(0);
    const plain = (await stepped({}, begun)).tensors;
    const decayed = (await stepped({ weightDecay: 1 }, begun)).tensors;
    const all = (await stepped({ weightDecay: 1, decays: "all" }, begun)).tensors;
    const moved = (a: ReadonlyMap<string, Float32Array>, name: string) =>
      (a.get(name)?.[0] as number) - (plain.get(name)?.[0] as number);
    expect(moved(decayed, "fc.bias")).toBe(0);
    expect(moved(all, "fc.bias")).toBeCloseTo(-0.1 * (begun.get("fc.bias")?.[0] as number), 5);
    expect(moved(decayed, "fc.weight")).toBeCloseTo(-0.1 * (begun.get("fc.weight")?.[0] as number), 5);
  });

  it("warm up the moving average like TensorFlow", async () => {
    const begun = initialParameters(plan, random);
    const one = await stepped({ averageDecay: 0.9999 }, begun);
    const [first, now, average] = ["fc.weight", "fc.weight", "fc.weight:average"].map(
      (name, i) => (i === 0 ? begun : one.tensors).get(name)?.[0] as number,
    ) as [number, number, number];
    expect(average).toBeCloseTo((2 / 11) * first + (9 / 11) * now, 6);
  });
});

describe("statistics of batch normalisation", () => {
  const normalised = planNetwork({
    name: "normalised",
    summary: "for these tests",
    input: { width: 9, height: 7 },
    layers: [
      convolution("conv1", { filters: 4, kernel: 3, stride: 2, bias: false }),
      batchNormalisation("norm1"),
      fullyConnected("fc", { outputs: 3 }),
      l2Normalisation("L2"),
    ],
  });
  const gradient = { data: numbers(24), dims: [8, 3] };

  it("follow the batches from the first step on", async () => {
    const begun = initialParameters(normalised, random).set("norm1.mean", new Float32Array(4).fill(100));
    const training = NetworkTrainer.create(normalised, begun, { optimiser: { kind: "sgd" }, threads: 1 });
    open.push(training);
    const faces = images(8);
    for (let i = 0; i < 20; i++) {
      await training.accumulate(faces, gradient);
      await training.step(1e-6);
    }
    const mean = (await training.save()).tensors.get("norm1.mean") as Float32Array;
    for (const value of mean) expect(Math.abs(value)).toBeLessThan(1); // 0.99 alone would leave 82 of 100
  });

  it("are re-estimated as the mean over the given chunks", async () => {
    const begun = initialParameters(normalised, random);
    const training = NetworkTrainer.create(normalised, begun, { optimiser: { kind: "sgd" }, threads: 1 });
    open.push(training);
    const chunk = () => ({ images: images(8), masks: new Map() });
    const [a, b] = [chunk(), chunk()];
    const of = async (...chunks: ReturnType<typeof chunk>[]) => await training.estimateStatistics(chunks);
    const [first, second, both] = [await of(a), await of(b), await of(a, b)];
    expect([...both.keys()]).toEqual(["norm1.mean", "norm1.variance"]);
    for (const [name, values] of both)
      for (const [i, value] of values.entries())
        expect(value).toBeCloseTo(((first.get(name)?.[i] as number) + (second.get(name)?.[i] as number)) / 2, 6);
    expect(await of()).toEqual(new Map());

    // With the statistics of a chunk, the inference model computes the same as training mode on that chunk.
    const served = new Map([...parametersOf(await training.save()), ...first]);
    const network = await OnnxNetwork.create(inferenceModel(normalised, served), { threads: 1 });
    const { embeddings } = await network.run({ images: a.images });
    await network.dispose();
    for (const [i, value] of (await training.embed(a.images)).data.entries()) expect(embeddings?.data[i]).toBeCloseTo(value, 4);
  });
});

const webGpu = await hasWebGpu();

describe.skipIf(!webGpu)("NetworkTrainer on WebGPU", () => {
  const normalised = planNetwork({
    name: "normalised",
    summary: "small: shaders take their time to compile",
    input: { width: 9, height: 7 },
    layers: [
      convolution("conv1", { filters: 8, kernel: 3, stride: 2, bias: false }),
      batchNormalisation("norm1"),
      relu("relu1"),
      maxPooling("pool1", { kernel: 3, stride: 2 }),
      fullyConnected("fc", { outputs: 3 }),
      l2Normalisation("L2"),
    ],
  });

  it("agrees with the CPU", async () => {
    const begun = initialParameters(normalised, random);
    const options = { optimiser: { kind: "adagrad" }, averageDecay: 0.9 } as const;
    const [faces, gradient] = [images(4), { data: numbers(12), dims: [4, 3] }];
    const states: TrainerState[] = [];
    for (const device of ["cpu", "webgpu"] as const) {
      const training = NetworkTrainer.create(normalised, begun, { ...options, device, threads: 1 });
      open.push(training);
      for (let step = 0; step < 2; step++) {
        for (const [from, to] of [
          [0, 2],
          [2, 4],
        ] as const)
          await training.accumulate(rows(faces, from, to), rows(gradient, from, to));
        await training.step(0.05);
      }
      states.push(await training.save());
    }
    const [onCpu, onWebGpu] = states as [TrainerState, TrainerState];
    expect([...onWebGpu.tensors.keys()]).toEqual([...onCpu.tensors.keys()]);
    for (const [name, values] of onCpu.tensors)
      for (const [i, value] of values.entries()) expect(onWebGpu.tensors.get(name)?.[i], name).toBeCloseTo(value, 4);
  }, 300_000); // shaders are compiled, on a software driver slowly
});
