import { describe, expect, it } from "vitest";
import { FaceNetError } from "../../../errors.ts";
import { type Network, planNetwork } from "../network.ts";
import { dropout, maxout, prelu, relu } from "./activations.ts";
import { concatenation, residual, sequence } from "./combining.ts";
import { convolution } from "./convolution.ts";
import { fullyConnected } from "./fully-connected.ts";
import type { Layer } from "./layer.ts";
import { batchNormalisation, l2Normalisation, localResponseNormalisation } from "./normalisation.ts";
import { averagePooling, maxPooling } from "./pooling.ts";

const network = (layers: readonly Layer[]): Network => ({
  name: "tried",
  summary: "",
  input: { width: 12, height: 10 },
  layers,
});

describe("plans", () => {
  it("count parameters and multiply-adds of a convolution", () => {
    const { rows, output } = convolution("conv1", { filters: 8, kernel: 3, stride: 2 }).plan([3, 10, 12]);
    expect(output).toEqual([8, 5, 6]);
    expect(rows[0]).toMatchObject({ kernel: [3, 3, 2], parameters: 8 * 27 + 8, multiplyAdds: 8 * 27 * 30 });
  });

  it("count a depthwise convolution by its groups", () => {
    const { rows } = convolution("dw", { filters: 6, kernel: 3, groups: 6, bias: false }).plan([6, 4, 4]);
    expect(rows[0]).toMatchObject({ parameters: 54, multiplyAdds: 54 * 16 });
  });

  it("do not count running statistics as parameters", () => {
    const { rows, parameters } = batchNormalisation("norm").plan([5, 2, 2]);
    expect(rows[0]?.parameters).toBe(10);
    expect(parameters.filter(({ role }) => role === "state").map(({ name }) => name)).toEqual(["norm.mean", "norm.variance"]);
  });

  it("apply weight decay to weights only", () => {
    const all = sequence("all", [
      convolution("conv", { filters: 4, kernel: 1 }),
      prelu("prelu"),
      batchNormalisation("norm"),
      fullyConnected("fc", { outputs: 2 }),
    ]).plan([3, 4, 4]);
    expect(all.parameters.filter(({ decays }) => decays).map(({ name }) => name)).toEqual(["conv.weight", "fc.weight"]);
  });

  it("descend into composite layers", () => {
    const module = concatenation("module", [
      [convolution("a", { filters: 2, kernel: 1 })],
      [maxPooling("pool", { kernel: 3, stride: 1 }), relu("relu")],
    ]);
    const plan = planNetwork(
      network([
        module,
        residual("residual", [convolution("b", { filters: 5, kernel: 3 })], { scale: 0.5 }),
        averagePooling("average"),
        dropout("dropout", 0.5),
        fullyConnected("fc", { outputs: 6 }),
        maxout("maxout", 2),
        l2Normalisation("L2"),
      ]),
    );
    expect(plan.rows.map(({ name, output }) => [name, output])).toEqual([
      ["a", [2, 10, 12]],
      ["pool", [3, 10, 12]],
      ["relu", [3, 10, 12]],
      ["module", [5, 10, 12]],
      ["b", [5, 10, 12]],
      ["residual", [5, 10, 12]],
      ["average", [5, 1, 1]],
      ["dropout", [5, 1, 1]],
      ["fc", [6]],
      ["maxout", [3]],
      ["L2", [3]],
    ]);
    expect(plan.masks).toEqual([{ name: "dropout.mask", size: [5, 1, 1], keep: 0.5 }]);
  });
});

describe("incompatible layers", () => {
  const end = [fullyConnected("fc", { outputs: 4 }), l2Normalisation("L2")];
  const refused: [string, readonly Layer[], string][] = [
    ["a window larger than the map", [maxPooling("pool9", { kernel: 13, padding: "valid" })], "layer pool9: its window of 13x13"],
    ["a row where a map is wanted", [...end, convolution("late", { filters: 2, kernel: 1 })], "layer late: accepts maps"],
    [
      "groups that do not divide",
      [convolution("odd", { filters: 4, kernel: 1, groups: 2 })],
      "layer odd: 3 channels and 4 filters",
    ],
    [
      "branches of two sizes",
      [concatenation("module", [[relu("a")], [maxPooling("b", { kernel: 2, stride: 2 })]])],
      "layer module: its branches end in maps of different sizes, [3,10,12] and [3,5,6]",
    ],
    [
      "a sum of two sizes",
      [residual("sum", [convolution("wide", { filters: 4, kernel: 1 })])],
      "layer sum: adds [4,10,12] to [3,10,12]",
    ],
    ["unequal pieces", [fullyConnected("fc", { outputs: 5 }), maxout("largest", 2)], "layer largest: 5 values cannot be split"],
    ["an even neighbourhood", [localResponseNormalisation("lrn", { size: 2 })], "layer lrn: size must be odd and at most 3"],
    ["nothing kept", [dropout("drop", 0)], "layer drop: keep must be above 0 and at most 1, got 0"],
    ["an end that is a map", [relu("relu")], "layer tried: must end in a row, ends in [3,10,12]"],
    ["a name used twice", [...end.slice(0, 1), fullyConnected("fc", { outputs: 2 })], "layer fc.weight: is repeated"],
  ];

  it.each(refused)("%s: the error names the layer", (_, layers, message) => {
    const plan = () => planNetwork(network(layers));
    expect(plan).toThrow(FaceNetError);
    expect(plan).toThrow(message);
  });
});
