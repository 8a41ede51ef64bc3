import { describe, expect, it } from "vitest";
import {
  inferenceModel,
  initialParameters,
  type NetworkPlan,
  type Parameters,
  planNetwork,
  readParameters,
} from "../../engine/graph/network.ts";
import { OnnxNetwork } from "../../engine/onnx-network.ts";
import { NetworkTrainer, parametersOf } from "../../training/network-trainer.ts";
import { findNetwork, networks, withDimensions } from "./registry.ts";

/** Fast deterministic pseudo-random numbers from 0 to 1: NN1 takes 71 million at half its size. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** A number as printed in a paper: "7.5M", "1.6B" or in full. */
function asPrinted(value: number, printed: string): string {
  const [, digits = "", unit = ""] = /^([\d.]+)([MB]?)$/.exec(printed) ?? [];
  const size = { "": 1, M: 1e6, B: 1e9 }[unit] ?? Number.NaN;
  return (value / size).toFixed(digits.split(".")[1]?.length ?? 0) + unit;
}

/** Trained values without the scales of batch normalisation, which an exported model folds into its weights. */
function foldedCount({ parameterCount, parameters }: NetworkPlan): number {
  const scales = parameters.filter(({ name }) => name.endsWith(".norm.scale"));
  return scales.reduce((sum, { shape }) => sum - (shape[0] ?? 0), parameterCount);
}

/** Batch normalisation of two rows has almost no gradient: they become +1 and -1. */
const images = 3;

function bytesOf(array: Float32Array | Uint8Array = new Uint8Array()): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

async function embed(plan: NetworkPlan, model: Uint8Array, faces: Float32Array): Promise<Float32Array> {
  const { height, width } = plan.network.input;
  const network = await OnnxNetwork.create(model, { threads: 1 });
  const { embeddings } = await network.run({ images: { data: faces, dims: [images, 3, height, width] } });
  await network.dispose();
  expect(embeddings?.dims).toEqual([images, plan.dimensions]);
  return embeddings?.data ?? new Float32Array();
}

describe.each(networks.map((network) => [network.name, network] as const))("%s", (_, network) => {
  const plan = planNetwork(network);

  it("has the published number of parameters and multiply-adds, or states that its layout is our own", () => {
    if (!network.published) return expect(network.summary).toContain("our own design");
    const { parameters, multiplyAdds } = network.published;
    expect(parameters ?? multiplyAdds).toBeDefined();
    if (parameters) expect(asPrinted(foldedCount(plan), parameters)).toBe(parameters);
    if (multiplyAdds) expect(asPrinted(plan.multiplyAdds, multiplyAdds)).toBe(multiplyAdds);
  });

  it("trains one step, and gives the same embeddings after export and import", async () => {
    const isLarge = network.name === "nn1"; // at half its size it has half of its 140 million values
    const plan = planNetwork(isLarge ? { ...network, input: { width: 110, height: 110 } } : network);
    const { height, width } = plan.network.input;
    const random = numbers(3);
    const faces = Float32Array.from({ length: images * 3 * height * width }, () => 2 * random() - 1);
    const gradient = Float32Array.from({ length: images * plan.dimensions }, () => 2 * random() - 1);
    const initial = initialParameters(plan, random);
    const trainer = NetworkTrainer.create(plan, initial, { optimiser: { kind: "sgd" }, threads: 1 });
    await trainer.accumulate(
      { data: faces, dims: [images, 3, height, width] },
      { data: gradient, dims: [images, plan.dimensions] },
    );
    await trainer.step(0.001);
    const parameters: Parameters = parametersOf(await trainer.save());
    const inTraining = await trainer.embed({ data: faces, dims: [images, 3, height, width] });
    await trainer.dispose();

    const model = inferenceModel(plan, parameters);
    const exported = await embed(plan, model, faces);
    for (let image = 0; image < images; image++) {
      const row = exported.subarray(image * plan.dimensions, (image + 1) * plan.dimensions);
      expect(row.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 4);
    }
    const normalisesBatches = plan.parameters.some(({ role }) => role === "state");
    if (!normalisesBatches) for (const [i, value] of inTraining.data.entries()) expect(exported[i]).toBeCloseTo(value, 4);
    const again = readParameters(plan, model);
    for (const { name } of plan.parameters) {
      const [begun, trained, read] = [initial, parameters, again].map((all) => bytesOf(all.get(name)));
      expect(trained?.equals(begun ?? new Uint8Array()), `${name} is as it began`).toBe(false);
      expect(trained?.equals(read ?? new Uint8Array()), `${name} is as it was written`).toBe(true);
    }
    expect(bytesOf(inferenceModel(plan, again)).equals(model), "written again it is the same file").toBe(true);
  }, 180_000);
});

it("nn4-small has OpenFace's 3,733,968 trained values, counting biases before batch normalisation", () => {
  const plan = planNetwork(findNetwork("nn4-small"));
  const biases = plan.parameters.filter(({ name }) => name.endsWith(".norm.offset"));
  expect(plan.parameterCount + biases.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0)).toBe(3_733_968);
});

it("an unknown name is rejected with the known ones", () => {
  expect(() => findNetwork("nn5")).toThrow("network nn5: unknown. Known networks: nn1, nn2");
});

it.each(networks)("$name has embeddings of the given size", (network) => {
  const [own, resized] = [planNetwork(network), planNetwork(withDimensions(network, 48))];
  expect(resized.dimensions).toBe(48);
  const before = new Map(own.parameters.map(({ name, shape }) => [name, shape.join()]));
  expect(resized.parameters.map(({ name }) => name)).toEqual([...before.keys()]);
  const changed = resized.parameters.filter(({ name, shape }) => before.get(name) !== shape.join());
  for (const { shape } of changed) expect(shape).toContain(48);
  expect(planNetwork(withDimensions(network, own.dimensions)).parameterCount).toBe(own.parameterCount);
});
