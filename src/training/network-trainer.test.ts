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
  it("pulls embeddings to where the gradient points", async () => {
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

  it("gives chunk by chunk the gradient of the whole", async () => {
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

  it("goes on from what it saved, bit for bit", async () => {
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

  it("refuses the parameters of another network", () => {
    expect(() => trainer(new Map([["conv1.weight", new Float32Array(108)]]))).toThrow("conv1.bias is missing");
    const wrong = initialParameters(plan, random).set("fc.bias", new Float32Array(2));
    expect(() => trainer(wrong)).toThrow("fc.bias must hold 3 values [3], holds 2");
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

  it("trains as the CPU does", async () => {
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
