/**
 * Removes dead channels from inverted-bottleneck blocks, and flushes tiny weights.
 *
 * Training with weight decay drove many channels of the shipped MobileFaceNet to zero: in a chain convolution A -> PReLU ->
 * depthwise D -> PReLU -> convolution P, a channel whose weights in A, D or P are (almost) zero adds a constant to P's output.
 * The constant moves into P's bias, and the channel is removed. The result differs from the original only by rounding.
 */
import { floats, floatTensor, type Model, type Node, type Tensor } from "../../src/engine/graph/onnx-model.ts";

/** Weights below this have no effect in a float32 sum of typical activations. */
const DEAD = 1e-8;
/** ONNX Runtime's blocked convolution kernels process 16 channels at a time. */
const BLOCK = 16;

/** Sets weights below 1e-20 to zero: denormal numbers slow down multiplication many times. */
export function flushTinyWeights(model: Model, below = 1e-20): number {
  let flushed = 0;
  model.graph.initializer = model.graph.initializer.map((tensor) => {
    if (tensor.dataType !== 1) return tensor;
    const values = floats(tensor);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value !== 0 && Math.abs(value) < below) {
        values[i] = 0;
        flushed++;
      }
    }
    return floatTensor(tensor.name, tensor.dims, values);
  });
  return flushed;
}

/** Prunes every chain of the graph in place; returns the number of removed channels. */
export function pruneDeadChannels(model: Model): number {
  const { graph } = model;
  const weights = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const consumers = (name: string) => graph.node.filter((node) => node.input.includes(name));
  const next = (node: Node | undefined, opType: string): Node | undefined => {
    const [only, ...others] = node ? consumers(node.output[0] as string) : [];
    return only && others.length === 0 && only.opType === opType ? only : undefined;
  };
  let removed = 0;
  for (const a of graph.node.filter((node) => node.opType === "Conv" && groupOf(node) === 1)) {
    const prelu1 = next(a, "PRelu");
    const d = next(prelu1, "Conv");
    const prelu2 = next(d, "PRelu");
    const p = next(prelu2, "Conv");
    if (!prelu1 || !d || !prelu2 || !p || groupOf(d) === 1 || groupOf(p) !== 1) continue;
    removed += pruneChain({ a, prelu1, d, prelu2, p }, weights);
  }
  graph.initializer = [...weights.values()];
  return removed;
}

type Chain = Record<"a" | "prelu1" | "d" | "prelu2" | "p", Node>;

function pruneChain({ a, prelu1, d, prelu2, p }: Chain, weights: Map<string, Tensor>): number {
  const tensor = (node: Node, index: number) => weights.get(node.input[index] as string) as Tensor;
  const read = (node: Node, index: number) => floats(tensor(node, index));
  const [aWeight, aBias, slope1] = [read(a, 1), read(a, 2), read(prelu1, 1)];
  const [dWeight, dBias, slope2] = [read(d, 1), read(d, 2), read(prelu2, 1)];
  const [pWeight, pBias] = [read(p, 1), read(p, 2)];
  const channels = aBias.length;
  const outputs = pBias.length;
  const quiet = (values: Float32Array, c: number) =>
    values.subarray((c * values.length) / channels, ((c + 1) * values.length) / channels).every(isDead);
  const pColumn = (c: number) => Array.from({ length: outputs }, (_, o) => pWeight[o * channels + c] as number);

  const dead = Array.from({ length: channels }, (_, c) => c).filter(
    (c) => pColumn(c).every(isDead) || quiet(dWeight, c) || (quiet(aWeight, c) && isDead(aBias[c] as number)),
  );
  const target = Math.max(1, Math.ceil((channels - dead.length) / BLOCK)) * BLOCK;
  const gone = new Set(dead.slice(0, Math.max(0, channels - target)));
  if (gone.size === 0) return 0;
  for (const c of gone) {
    const bias = dBias[c] as number;
    const constant = bias > 0 ? bias : bias * (slope2[c] as number);
    pColumn(c).forEach((w, o) => {
      pBias[o] = (pBias[o] as number) + w * constant;
    });
  }
  const keep = Array.from({ length: channels }, (_, c) => c).filter((c) => !gone.has(c));
  const rows = (node: Node, index: number, values: Float32Array) => {
    const old = tensor(node, index);
    const each = values.length / channels;
    const kept = keep.flatMap((c) => Array.from(values.subarray(c * each, (c + 1) * each)));
    weights.set(old.name, floatTensor(old.name, [keep.length, ...old.dims.slice(1)], kept));
  };
  rows(a, 1, aWeight);
  rows(a, 2, aBias);
  rows(prelu1, 1, slope1);
  rows(d, 1, dWeight);
  rows(d, 2, dBias);
  rows(prelu2, 1, slope2);
  const kept = Array.from({ length: outputs }, (_, o) => keep.map((c) => pWeight[o * channels + c] as number)).flat();
  weights.set(p.input[1] as string, floatTensor(p.input[1] as string, [outputs, keep.length, 1, 1], kept));
  weights.set(p.input[2] as string, floatTensor(p.input[2] as string, [outputs], pBias));
  const group = d.attribute.find(({ name }) => name === "group");
  if (group) group.i = keep.length;
  return gone.size;
}

const isDead = (value: number): boolean => Math.abs(value) < DEAD;
const groupOf = (node: Node): number => node.attribute.find(({ name }) => name === "group")?.i ?? 1;
