/** Small random networks for testing function-preserving passes, and a way to run them. */
import fc from "fast-check";
import { GraphBuilder } from "../../src/engine/graph/graph-builder.ts";
import { OnnxNetwork } from "../../src/engine/onnx-network.ts";

/** Deterministic pseudo-random numbers: 31-bit multiplicative congruential generator (Park and Miller 1988). */
export function createNumbers(seed: number): (count: number, scale?: number) => number[] {
  let state = (seed % 2_147_483_646) + 1;
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 1_073_741_823.5 - 1;
  };
  return (count, scale = 1) => Array.from({ length: count }, () => next() * scale);
}

export const seed = fc.nat(1_000_000);

export type Bottleneck = {
  readonly channels: number;
  readonly dead: readonly { channel: number; where: "a" | "d" | "p" }[];
  readonly seed: number;
};

/**
 * The inverted bottleneck of MobileFaceNet: 1x1 convolution A, PReLU, 3x3 depthwise convolution D, PReLU, 1x1 convolution P;
 * slopes of both signs. In a dead channel, the weights of A (and its bias), D or P are zero.
 */
export function bottleneck({ channels, dead, seed }: Bottleneck): Uint8Array {
  const numbers = createNumbers(seed);
  const [inputs, outputs] = [3, 4];
  const values = {
    a: numbers(channels * inputs),
    aBias: numbers(channels),
    d: numbers(channels * 9),
    p: numbers(outputs * channels),
  };
  for (const { channel, where } of dead) {
    if (where === "a") {
      values.a.fill(0, channel * inputs, (channel + 1) * inputs);
      values.aBias[channel] = 0;
    }
    if (where === "d") values.d.fill(0, channel * 9, (channel + 1) * 9);
    if (where === "p") for (let o = 0; o < outputs; o++) values.p[o * channels + channel] = 1e-12;
  }
  const graph = new GraphBuilder();
  const w = (dims: number[], list = numbers(dims.reduce((x, y) => x * y, 1))) => graph.weight(dims, list);
  let x = graph.op("Conv", ["x", w([channels, inputs, 1, 1], values.a), w([channels], values.aBias)], { kernel_shape: [1, 1] });
  x = graph.op("PRelu", [x, w([channels, 1, 1])]);
  x = graph.op("Conv", [x, w([channels, 1, 3, 3], values.d), w([channels])], {
    kernel_shape: [3, 3],
    pads: [1, 1, 1, 1],
    group: channels,
  });
  x = graph.op("PRelu", [x, w([channels, 1, 1])]);
  graph.op("Conv", [x, w([outputs, channels, 1, 1], values.p), w([outputs])], { kernel_shape: [1, 1] }, "y");
  return graph.build({ x: ["n", inputs, 5, 6] }, { y: ["n", outputs, 5, 6] });
}

/** Output of a network with one input `x` and one output `y`. */
export async function runNetwork(bytes: Uint8Array, data: readonly number[], dims: readonly number[]): Promise<Float32Array> {
  const network = await OnnxNetwork.create(bytes, { threads: 1 });
  try {
    const { y } = await network.run({ x: { data: Float32Array.from(data), dims } });
    return Float32Array.from(y?.data ?? []);
  } finally {
    await network.dispose();
  }
}

/** Largest difference relative to the largest value (or 1). */
export function relativeDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length || a.length === 0) return Number.POSITIVE_INFINITY;
  const largest = Math.max(1, ...a.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number)))) / largest;
}
