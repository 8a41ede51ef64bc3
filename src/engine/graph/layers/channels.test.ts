import { describe, it } from "vitest";
import { checkOperation, type OperationCase } from "../../../../test/graph/check-operation.ts";
import { testedVariants } from "../../../../test/graph/devices.ts";
import type { Value } from "../tape.ts";
import { emitMaxout, emitPrelu, emitRelu } from "./activations.ts";
import { emitAddition, emitConcatenation, emitDropout, emitScaling } from "./combining.ts";
import { emitFlatten, emitFullyConnected } from "./fully-connected.ts";
import { emitBatchNormalisation, emitL2Normalisation, emitLocalResponseNormalisation } from "./normalisation.ts";

/** Values as arrays for reference functions. */
type Arrays = Readonly<Record<string, Float64Array>>;
const value = (array: Float64Array | undefined, i: number) => array?.[i] as number;

/** Maps a function (image, channel, position) over [n, channels, positions]. */
function byPlace(n: number, channels: number, places: number, compute: (i: number, c: number, p: number) => number): number[] {
  const y: number[] = [];
  for (let i = 0; i < n; i++) for (let c = 0; c < channels; c++) for (let p = 0; p < places; p++) y.push(compute(i, c, p));
  return y;
}

const lrn = (size: number, alpha: number, beta: number, bias: number): OperationCase => ({
  inputs: { x: [2, 7, 3, 2] },
  build: (tape, { x }) => emitLocalResponseNormalisation(tape, x as Value, { size, alpha, beta, bias }),
  reference: ({ x }: Arrays) =>
    byPlace(2, 7, 6, (i, c, p) => {
      const at = (channel: number) => value(x, (i * 7 + channel) * 6 + p);
      let sum = 0;
      for (let near = Math.max(0, c - (size - 1) / 2); near <= Math.min(6, c + (size - 1) / 2); near++) sum += at(near) ** 2;
      return at(c) / (bias + (alpha / size) * sum) ** beta;
    }),
  type: "float", // the runtime has no average pooling of float64
});

const batchNormalisation = (shape: [number, number, ...number[]]): OperationCase => {
  const [n, channels, ...map] = shape;
  const places = map.reduce((a, b) => a * b, 1);
  return {
    inputs: { x: shape, scale: [channels], offset: [channels] },
    build: (tape, { x, scale, offset }) =>
      emitBatchNormalisation(tape, x as Value, { scale: scale as Value, offset: offset as Value }, 0.001).y,
    reference: ({ x, scale, offset }: Arrays) => {
      const at = (i: number, c: number, p: number) => value(x, (i * channels + c) * places + p);
      const statistics = Array.from({ length: channels }, (_, c) => {
        const all = byPlace(n, 1, places, (i, _, p) => at(i, c, p));
        const mean = all.reduce((a, b) => a + b) / all.length;
        return { mean, variance: all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length };
      });
      return byPlace(n, channels, places, (i, c, p) => {
        const { mean, variance } = statistics[c] ?? { mean: 0, variance: 0 };
        return ((at(i, c, p) - mean) / Math.sqrt(variance + 0.001)) * value(scale, c) + value(offset, c);
      });
    },
    type: "double",
  };
};

const preluOn = (shape: [number, number, ...number[]]): OperationCase => ({
  inputs: { x: shape, slope: [shape[1]] },
  build: (tape, { x, slope }) => emitPrelu(tape, x as Value, slope as Value),
  reference: ({ x = new Float64Array(), slope }: Arrays) => {
    const places = shape.slice(2).reduce((a, b) => a * b, 1);
    return x.map((v, i) => (v > 0 ? v : v * value(slope, Math.floor(i / places) % shape[1])));
  },
  type: "double",
});

const cases: Record<string, OperationCase> = {
  "fully connected": {
    inputs: { x: [3, 5], w: [5, 4], b: [4] },
    build: (tape, { x, w, b }) => emitFullyConnected(tape, x as Value, w as Value, b),
    reference: ({ x, w, b }) =>
      byPlace(3, 4, 1, (i, o) => {
        let sum = value(b, o);
        for (let k = 0; k < 5; k++) sum += value(x, i * 5 + k) * value(w, k * 4 + o);
        return sum;
      }),
    type: "double",
  },
  "fully connected on a map, without bias": {
    inputs: { x: [2, 2, 1, 3], w: [6, 1] },
    build: (tape, { x, w }) => emitFullyConnected(tape, emitFlatten(tape, x as Value), w as Value, undefined),
    reference: ({ x, w }) =>
      byPlace(2, 1, 1, (i) => Array.from({ length: 6 }, (_, k) => value(x, i * 6 + k) * value(w, k)).reduce((a, b) => a + b)),
    type: "double",
  },
  "maxout of 2": {
    inputs: { x: [3, 10] },
    build: (tape, { x }) => emitMaxout(tape, x as Value, 2),
    reference: ({ x }) => byPlace(3, 5, 1, (i, o) => Math.max(value(x, i * 10 + o), value(x, i * 10 + 5 + o))),
    type: "double",
  },
  "maxout of 3": {
    inputs: { x: [2, 6] },
    build: (tape, { x }) => emitMaxout(tape, x as Value, 3),
    reference: ({ x }) => byPlace(2, 2, 1, (i, o) => Math.max(...[0, 2, 4].map((piece) => value(x, i * 6 + piece + o)))),
    type: "double",
  },
  ReLU: {
    inputs: { x: [2, 3, 3, 5] },
    build: (tape, { x }) => emitRelu(tape, x as Value),
    reference: ({ x = new Float64Array() }) => x.map((v) => Math.max(v, 0)),
    type: "double",
  },
  "PReLU on maps": preluOn([2, 3, 3, 2]),
  "PReLU on rows": preluOn([4, 5]),
  "batch normalisation of maps": batchNormalisation([3, 4, 3, 5]),
  "batch normalisation of rows": batchNormalisation([5, 3]),
  "local response normalisation": lrn(5, 1e-4, 0.75, 1),
  "strong local response normalisation": lrn(5, 2, 0.75, 1),
  "local response normalisation, other exponents": lrn(3, 1.5, 0.6, 2),
  "local response normalisation by a root": lrn(3, 1.5, 0.5, 1),
  "L2 normalisation": {
    inputs: { x: [4, 3] },
    build: (tape, { x }) => emitL2Normalisation(tape, x as Value),
    reference: ({ x }) =>
      byPlace(4, 3, 1, (i, c) => value(x, i * 3 + c) / Math.hypot(...[0, 1, 2].map((k) => value(x, i * 3 + k)), 1e-5)),
    type: "double",
  },
  concatenation: {
    inputs: { x: [2, 3, 2, 3], second: [2, 1, 2, 3] },
    build: (tape, { x, second }) =>
      emitConcatenation(tape, [x as Value, { ...(second as Value), shape: ["n", 1, 2, 3] }, x as Value]),
    reference: ({ x, second }) =>
      byPlace(2, 7, 6, (i, c, p) => (c === 3 ? value(second, i * 6 + p) : value(x, (i * 3 + (c < 3 ? c : c - 4)) * 6 + p))),
    type: "double",
  },
  "addition of a scaled value and itself": {
    inputs: { x: [2, 3] },
    build: (tape, { x }) => emitAddition(tape, emitScaling(tape, x as Value, 0.17), x as Value),
    reference: ({ x = new Float64Array() }) => x.map((v) => 1.17 * v),
    type: "double",
  },
  dropout: {
    inputs: { x: [2, 3], mask: { shape: [2, 3], values: [0, 2, 2, 2, 0, 0] } },
    fixed: ["mask"],
    build: (tape, { x, mask }) => emitDropout(tape, x as Value, mask as Value),
    reference: ({ x = new Float64Array(), mask }) => x.map((v, i) => v * value(mask, i)),
    type: "double",
  },
};

/** Compiling shaders takes seconds, so WebGPU tests one variation per operation. */
const onCpuAlone = /maxout of 3|PReLU on rows|strong|other exponents|by a root|without bias/;

describe.each(await testedVariants())("$form form on $device", (variant) => {
  const tested = Object.entries(cases).filter(([name]) => variant.device === "cpu" || !onCpuAlone.test(name));
  it.each(tested)("%s", async (_, operation) => checkOperation(operation, variant));
});
