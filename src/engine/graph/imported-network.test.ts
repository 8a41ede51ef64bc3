import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../metric/seeded-random.ts";
import { locateModel, readModelFile } from "../../models/model-store.ts";
import { NetworkTrainer } from "../../training/network-trainer.ts";
import { OnnxNetwork } from "../onnx-network.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { importNetwork } from "./imported-network.ts";
import { inferenceModel, planNetwork } from "./network.ts";

const [width, height] = [8, 6];
const images = (random: () => number, count = 3, size = 3 * width * height) => ({
  data: Float32Array.from({ length: count * size }, () => 2 * random() - 1),
  dims: [count, 3, height, width],
});

/** A network with every operator that is imported, of random weights. */
function everyOperator(seed: number): Uint8Array {
  const random = seededRandom(seed);
  const graph = new GraphBuilder();
  const weights = (...dims: number[]) =>
    graph.weight(
      dims,
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random() - 0.5),
    );
  const positive = (count: number) =>
    graph.weight(
      [count],
      Float32Array.from({ length: count }, () => 0.5 + random()),
    );
  const window = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  const shifted = graph.op("Sub", ["image", graph.weight([1], [0.1])]);
  const first = graph.op("Mul", [graph.weight([3, 1, 1], [2, 1, 0.5]), shifted]);
  const quantised = graph.op("Mul", [weights(6, 27), graph.weight([1], [0.5])]);
  const restored = graph.op("Reshape", [quantised, graph.integers([6, 3, 3, 3])]);
  const conv = graph.op("Conv", [first, restored, weights(6)], { ...window, strides: [2, 2] });
  const normed = graph.op("BatchNormalization", [conv, weights(6), weights(6), weights(6), positive(6)], {
    epsilon: { float: 1e-3 },
  });
  const [minus, back] = [graph.weight([6, 1, 1, 1], [-1, -0.5, 0, -2, -1, -1]), weights(6, 1, 1, 1)];
  const scaled = graph.op("Conv", [normed, minus], { kernel_shape: [1, 1], group: 6 });
  const negative = graph.op("Conv", [graph.op("Relu", [scaled]), back], { kernel_shape: [1, 1], group: 6 });
  const prelu = graph.op("Add", [graph.op("Relu", [normed]), negative]);
  const depthwise = graph.op("Conv", [prelu, weights(6, 1, 3, 3)], { ...window, group: 6 });
  const sum = graph.op("Add", [graph.op("PRelu", [depthwise, weights(6, 1, 1)]), prelu]);
  const pooled = ["MaxPool", "AveragePool"].map((opType) => graph.op(opType, [sum], { ...window, strides: [1, 1] }));
  const joined = graph.op("Concat", [...pooled, graph.op("Relu", [sum])], { axis: 1 });
  const row = graph.op("Flatten", [graph.op("Identity", [joined])], { axis: 1 });
  const hidden = graph.op("Gemm", [row, weights(7, 18 * 12), weights(7)], { transB: 1 });
  const slopes = graph.op("PRelu", [hidden, weights(7)]);
  const quotient = graph.op("Div", [graph.op("Add", [slopes, weights(7)]), graph.weight([1], [2])]);
  graph.op("MatMul", [quotient, weights(7, 4)], {}, "embedding");
  return graph.build({ image: ["n", 3, height, width] }, { embedding: ["n", 4] });
}

async function run(bytes: Uint8Array, input: ReturnType<typeof images>): Promise<Float32Array> {
  const network = await OnnxNetwork.create(bytes, { threads: 1 });
  try {
    const outputs = await network.run({ [network.inputNames[0] as string]: input });
    return (outputs[network.outputNames[0] as string] as { data: Float32Array }).data;
  } finally {
    await network.dispose();
  }
}

function unit(rows: Float32Array, size: number): number[] {
  return Array.from(rows, (value, i) => {
    const row = rows.subarray(i - (i % size), i - (i % size) + size);
    return value / Math.hypot(...row);
  });
}

const options = { name: "tried", input: { width, height } };
const expectClose = (ours: ArrayLike<number>, theirs: ArrayLike<number>, tolerance: number) => {
  expect(ours.length).toBe(theirs.length);
  for (let i = 0; i < ours.length; i++) expect(Math.abs((ours[i] as number) - (theirs[i] as number))).toBeLessThan(tolerance);
};

describe("importNetwork", () => {
  it("embeds as the file does, in training and in inference", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1e6), async (seed) => {
        const bytes = everyOperator(seed);
        const { network, parameters } = await importNetwork(bytes, options);
        const plan = planNetwork(network);
        const input = images(seededRandom(seed + 1));
        const theirs = unit(await run(bytes, input), 4);
        expectClose(await run(inferenceModel(plan, parameters), input), theirs, 1e-4);
        const trainer = NetworkTrainer.create(plan, parameters, { optimiser: { kind: "sgd" }, threads: 1 });
        expectClose((await trainer.embed(input)).data, theirs, 1e-4);
        await trainer.dispose();
      }),
      { numRuns: 10 },
    );
  });

  it("imports what it exported, without scaling to unit length twice", async () => {
    const first = await importNetwork(everyOperator(6), options);
    const exported = inferenceModel(planNetwork(first.network), first.parameters);
    const { network, parameters } = await importNetwork(exported, options);
    const plan = planNetwork(network);
    expect(plan.rows.filter(({ kind }) => kind === "L2 normalisation")).toHaveLength(1);
    const input = images(seededRandom(1));
    expectClose(await run(inferenceModel(plan, parameters), input), await run(exported, input), 1e-4);
  });

  it("has the gradient of finite differences", async () => {
    const { network, parameters } = await importNetwork(everyOperator(5), options);
    const plan = planNetwork(network);
    const random = seededRandom(9);
    const input = images(random);
    const direction = Float32Array.from({ length: 12 }, () => random() - 0.5);
    const trainer = NetworkTrainer.create(plan, parameters, { optimiser: { kind: "sgd" }, threads: 1 });
    await trainer.accumulate(input, { data: direction, dims: [3, 4] });
    const gradients = await trainer.gradients();
    await trainer.dispose();
    const along = async (changed: Map<string, Float32Array>) =>
      (await run(inferenceModel(plan, changed), input)).reduce((sum, value, i) => sum + value * (direction[i] as number), 0);
    for (const [name, values] of parameters) {
      const step = Float32Array.from(values, () => 2e-3 * (random() - 0.5));
      const moved = (sign: number) =>
        new Map(parameters).set(
          name,
          values.map((value, i) => value + sign * (step[i] as number)),
        );
      const measured = ((await along(moved(1))) - (await along(moved(-1)))) / 2;
      const predicted = step.reduce((sum, value, i) => sum + value * (gradients.get(name)?.[i] as number), 0);
      expect(Math.abs(measured - predicted), name).toBeLessThan(2e-6 + 0.03 * Math.abs(predicted));
    }
  });

  it("keeps the weights before the layer that training begins at", async () => {
    const bytes = everyOperator(3);
    const all = await importNetwork(bytes, options);
    const { network, parameters } = await importNetwork(bytes, { ...options, from: "fc1" });
    expect([...parameters.keys()]).toEqual(["fc1.weight", "fc1.bias", "prelu3.slope", "fc2.weight"]);
    expect(all.parameters.size).toBeGreaterThan(parameters.size);
    const input = images(seededRandom(1));
    expectClose(await run(inferenceModel(planNetwork(network), parameters), input), unit(await run(bytes, input), 4), 1e-4);
    await expect(importNetwork(bytes, { ...options, from: "fc7" })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("conv1"),
    });
  });

  it("applies the file's preprocessing to the images of training", async () => {
    const bytes = everyOperator(8);
    const transform = { order: [2, 1, 0], scales: [0.5, 2, 1], offsets: [0.1, 0, -0.3] };
    const { network, parameters } = await importNetwork(bytes, { ...options, transform });
    const input = images(seededRandom(2));
    const plane = width * height;
    const changed = input.data.map((_, at) => {
      const [image, channel, place] = [Math.floor(at / (3 * plane)), Math.floor(at / plane) % 3, at % plane];
      const from = input.data[image * 3 * plane + (transform.order[channel] as number) * plane + place] as number;
      return from * (transform.scales[channel] as number) + (transform.offsets[channel] as number);
    });
    const theirs = unit(await run(bytes, { ...input, data: changed }), 4);
    expectClose(await run(inferenceModel(planNetwork(network), parameters), input), theirs, 1e-4);
  });

  it("refuses operators without a derivative here, by name", async () => {
    const graph = new GraphBuilder();
    graph.op("Softmax", [graph.op("Erf", ["image"])], {}, "embedding");
    const bytes = graph.build({ image: ["n", 3, height, width] }, { embedding: ["n", 3, height, width] });
    await expect(importNetwork(bytes, options)).rejects.toMatchObject({
      code: "NETWORK_NOT_TRAINABLE",
      message: expect.stringContaining("Erf, Softmax"),
    });
  });
});

it.each(["sface.opencv-128", "mobilefacenet.faceplugin-512", "mobilefacenet.sirius-192"])("imports %s", async (id) => {
  const located = await locateModel("embedding", id);
  const bytes = await readModelFile(located, located.manifest.model);
  const { input, embedding } = located.manifest;
  const { network, parameters } = await importNetwork(bytes, { name: id, input });
  const plan = planNetwork(network);
  expect(plan.dimensions).toBe(embedding.size);
  const random = seededRandom(4);
  const faces = {
    data: Float32Array.from({ length: 2 * 3 * input.width * input.height }, () => 2 * random() - 1),
    dims: [2, 3, input.height, input.width],
  };
  expectClose(await run(inferenceModel(plan, parameters), faces), unit(await run(bytes, faces), embedding.size), 2e-3);
});
