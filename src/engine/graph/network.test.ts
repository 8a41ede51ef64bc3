import { describe, expect, it } from "vitest";
import { OnnxNetwork } from "../onnx-network.ts";
import { dropout, prelu } from "./layers/activations.ts";
import { convolution } from "./layers/convolution.ts";
import { fullyConnected } from "./layers/fully-connected.ts";
import { batchNormalisation, l2Normalisation } from "./layers/normalisation.ts";
import { drawMasks, inferenceModel, initialParameters, planNetwork, readParameters } from "./network.ts";
import { embeddingGraph } from "./training-graph.ts";

describe("inference model", () => {
  const plan = planNetwork({
    name: "tried",
    summary: "",
    input: { width: 5, height: 4 },
    layers: [
      convolution("conv", { filters: 4, kernel: 3, bias: false }),
      batchNormalisation("norm"),
      prelu("prelu"),
      dropout("dropout", 0.5),
      fullyConnected("fc", { outputs: 3 }),
      l2Normalisation("L2"),
    ],
  });

  let state = 5;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };

  async function run(bytes: Uint8Array, inputs: Parameters<OnnxNetwork["run"]>[0]): Promise<Float32Array> {
    const network = await OnnxNetwork.create(bytes, { threads: 1 });
    const { embeddings } = await network.run(inputs);
    await network.dispose();
    return embeddings?.data ?? new Float32Array();
  }

  const images = { data: Float32Array.from({ length: 2 * 60 }, () => random() * 2 - 1), dims: [2, 3, 4, 5] };

  describe("inferenceModel", () => {
    const parameters = initialParameters(plan, random);
    // Running statistics, scales and slopes of either sign, different from initial values.
    parameters.set("norm.mean", Float32Array.of(0.1, -0.3, 0.2, 0));
    parameters.set("norm.variance", Float32Array.of(2, 0.5, 1, 0.1));
    parameters.set("norm.scale", Float32Array.of(1.5, -1, 0.5, 2));
    parameters.set("prelu.slope", Float32Array.of(0.25, -0.5, 0, 1.5));

    it("computes with the running statistics, without dropping, PReLU with slopes of either sign", async () => {
      const embeddings = await run(inferenceModel(plan, parameters), { images });
      const [conv, fc] = ["conv.weight", "fc.weight"].map((name) => parameters.get(name) as Float32Array);
      const of = (name: string, c: number) => parameters.get(name)?.[c] as number;
      for (let image = 0; image < 2; image++) {
        const row: number[] = [];
        for (let c = 0; c < 4; c++)
          for (let y = 0; y < 4; y++)
            for (let x = 0; x < 5; x++) {
              let sum = 0;
              for (let k = 0; k < 3; k++)
                for (let i = -1; i <= 1; i++)
                  for (let j = -1; j <= 1; j++) {
                    if (y + i < 0 || y + i > 3 || x + j < 0 || x + j > 4) continue;
                    const pixel = images.data[((image * 3 + k) * 4 + y + i) * 5 + x + j] as number;
                    sum += pixel * (conv?.[((c * 3 + k) * 3 + i + 1) * 3 + j + 1] as number);
                  }
              const normal = ((sum - of("norm.mean", c)) / Math.sqrt(of("norm.variance", c) + 1e-3)) * of("norm.scale", c);
              row.push(normal > 0 ? normal : normal * of("prelu.slope", c));
            }
        const ends = [0, 1, 2].map((o) => row.reduce((sum, value, i) => sum + value * (fc?.[i * 3 + o] as number), 0));
        const length = Math.hypot(...ends);
        for (const [o, value] of ends.entries()) expect(embeddings[image * 3 + o]).toBeCloseTo(value / length, 4);
      }
    });

    it("returns its parameters", () => {
      expect(readParameters(plan, inferenceModel(plan, parameters))).toEqual(parameters);
    });

    it("rejects missing and additional parameters", () => {
      const [short, long] = [new Map(parameters), new Map(parameters)];
      short.delete("norm.mean");
      long.set("norm2.mean", Float32Array.of(1));
      expect(() => inferenceModel(plan, short)).toThrow("norm.mean is missing");
      expect(() => inferenceModel(plan, long)).toThrow("norm2.mean is not a parameter of this network");
    });
  });

  describe("embeddingGraph", () => {
    it("applies its masks and normalises by the batch", async () => {
      const parameters = initialParameters(plan, random);
      const feeds = Object.fromEntries(
        plan.parameters.map(({ name, shape }) => [name, { data: parameters.get(name) as Float32Array, dims: shape }]),
      );
      const mask = (value: number) => ({ data: new Float32Array(2 * 80).fill(value), dims: [2, 4, 4, 5] });
      const bytes = embeddingGraph(plan);
      const whole = await run(bytes, { ...feeds, images, "dropout.mask": mask(1) });
      const doubled = await run(bytes, { ...feeds, images, "dropout.mask": mask(2) });
      const dropped = await run(bytes, { ...feeds, images, "dropout.mask": mask(0) });
      for (const [i, value] of whole.entries()) expect(doubled[i]).toBeCloseTo(value, 4); // of another length, normalised away
      expect(Array.from(dropped)).toEqual([0, 0, 0, 0, 0, 0]); // the bias is 0
      const brighter = { ...images, data: images.data.map((value) => 3 * value) };
      const normalised = await run(bytes, { ...feeds, images: brighter, "dropout.mask": mask(1) });
      for (const [i, value] of whole.entries()) expect(normalised[i]).toBeCloseTo(value, 2);
    });
  });
});

describe("draw masks", () => {
  const plan = planNetwork({
    name: "tried",
    summary: "",
    input: { width: 2, height: 2 },
    layers: [fullyConnected("fc", { outputs: 500 }), dropout("dropout", 0.8)],
  });

  it("keeps the given share, scaled by its inverse, deterministically", () => {
    const random = (): (() => number) => {
      let state = 9;
      return () => {
        state = (state * 48_271) % 2_147_483_647;
        return state / 2_147_483_647;
      };
    };
    const mask = drawMasks(plan, 10, random()).get("dropout.mask") ?? new Float32Array();
    expect(mask.length).toBe(5000);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1.25)]));
    expect(mask.filter((value) => value > 0).length / mask.length).toBeCloseTo(0.8, 1);
    expect(drawMasks(plan, 10, random()).get("dropout.mask")).toEqual(mask);
  });
});
