import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { additiveMarginSoftmaxLoss, softmaxLoss } from "../../metric/classification-losses.ts";
import { normalize } from "../../metric/distance.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import { OnnxNetwork } from "../onnx-network.ts";
import { adaptiveMargins, type ClassLossOptions, classLossGraph } from "./class-loss-graph.ts";

/** Values of PyTorch, from scripts/torch/check_losses.py. */
type Reference = {
  readonly cases: readonly {
    readonly name: string;
    readonly options: ClassLossOptions;
    readonly embeddings: readonly (readonly number[])[];
    readonly labels: readonly number[];
    readonly weights: readonly (readonly number[])[];
    /** lengths of the embeddings before scaling, for adaface */
    readonly norms?: readonly number[];
    readonly loss: number;
    readonly gradient: readonly (readonly number[])[];
    readonly weightGradient: readonly (readonly number[])[];
  }[];
};
const file = new URL("../../../docs/results/torch/losses.json", import.meta.url);
const reference = JSON.parse(await readFile(file, "utf8")) as Reference;

async function compute(
  options: ClassLossOptions,
  size: number,
  embeddings: Float32Array,
  labels: readonly number[],
  weights: Float32Array,
  margins: { turn?: Float32Array; drop?: Float32Array } = {},
) {
  const network = await OnnxNetwork.create(classLossGraph(options, size), { threads: 1 });
  const { loss, gradient, weightGradient, right } = await network.run({
    embeddings: { data: embeddings, dims: [labels.length, size] },
    weights: { data: weights, dims: [weights.length / size, size] },
    labels: { data: Float32Array.from(labels), dims: [labels.length] },
    share: { data: Float32Array.of(1 / labels.length), dims: [] },
    ...Object.fromEntries(Object.entries(margins).map(([name, data]) => [name, { data, dims: [labels.length, 1] }])),
  });
  await network.dispose();
  return {
    loss: loss?.data[0] as number,
    right: right?.data[0] as number,
    gradient: gradient?.data as Float32Array,
    weightGradient: weightGradient?.data as Float32Array,
  };
}

const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, digits = 4) => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i], `value ${i}`).toBeCloseTo(expected[i] as number, digits);
};

/** Without what is along each embedding, which scaling to unit length takes away. */
function tangent(gradient: Float32Array, embeddings: Float32Array, size: number): Float32Array {
  const out = gradient.slice();
  for (let at = 0; at < out.length; at += size) {
    let along = 0;
    for (let i = at; i < at + size; i++) along += (gradient[i] as number) * (embeddings[i] as number);
    for (let i = at; i < at + size; i++) out[i] = (out[i] as number) - along * (embeddings[i] as number);
  }
  return out;
}

it.each(reference.cases)("$name: loss and gradients are those of PyTorch", async ({ options, labels, loss, norms, ...rows }) => {
  const flat = (list: readonly (readonly number[])[]) => Float32Array.from(list.flat());
  const [embeddings, weights] = [flat(rows.embeddings), flat(rows.weights)];
  const size = rows.embeddings[0]?.length as number;
  const margins = norms && adaptiveMargins(Float32Array.from(norms), options.margin, undefined);
  const ours = await compute(options, size, embeddings, labels, weights, margins && { turn: margins.turn, drop: margins.drop });
  expect(ours.loss).toBeCloseTo(loss, 4);
  close(tangent(ours.gradient, embeddings, size), flat(rows.gradient));
  close(ours.weightGradient, flat(rows.weightGradient));
});

it.each(["softmax", "cosface"] as const)("%s is what the slow reference computes", async (kind) => {
  const random = seededRandom(3);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random() - 0.5);
  const [size, n, classes] = [6, 7, 4];
  const embeddings = numbers(n * size);
  for (let row = 0; row < n; row++) normalize(embeddings.subarray(row * size, (row + 1) * size));
  const weights = numbers(classes * size);
  const labels = Array.from({ length: n }, (_, i) => i % classes);
  const options = { kind, scale: 12, margin: kind === "softmax" ? 0 : 0.2 };
  const slow = kind === "softmax" ? softmaxLoss : additiveMarginSoftmaxLoss;
  const expected = slow({ embeddings, labels, weights, size }, options);
  const ours = await compute(options, size, embeddings, labels, weights);
  expect(ours.loss).toBeCloseTo(expected.loss, 4);
  expect(ours.right / n).toBeCloseTo(expected.accuracy, 6);
  close(ours.gradient, expected.gradient);
  close(ours.weightGradient, expected.weightGradient);
});

it("adaface turns the angle of short embeddings, and takes more from the cosine of long ones; statistics follow slowly", () => {
  const { turn, drop, statistics } = adaptiveMargins(Float32Array.of(1, 10, 11, 12, 21), 0.4, undefined);
  expect(statistics.mean).toBeCloseTo(11, 5);
  expect(turn[0]).toBeGreaterThan(0.1);
  expect(turn[2]).toBeCloseTo(0, 5);
  expect(turn[4]).toBeLessThan(-0.1);
  expect(drop[0]).toBeLessThan(0.4);
  expect(drop[4]).toBeGreaterThan(0.4);
  expect(drop[2]).toBeCloseTo(0.4, 5);
  const later = adaptiveMargins(Float32Array.of(50, 50), 0.4, statistics);
  expect(later.statistics.mean).toBeCloseTo(0.99 * 11 + 0.01 * 50, 5);
  expect(Array.from(later.turn, (value) => value < 0)).toEqual([true, true]); // both long, by what was seen before
});
