import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/engine/graph/graph-builder.ts";
import { readModel, writeModel } from "../../src/engine/graph/onnx-model.ts";
import { rewritePrelu } from "./blocked-prelu.ts";
import { bottleneck, createNumbers, relativeDifference, runNetwork, seed } from "./random-network.ts";

const prelu = (slopes: readonly number[]): Uint8Array => {
  const graph = new GraphBuilder();
  graph.op("PRelu", ["x", graph.weight([slopes.length, 1, 1], slopes)], {}, "y");
  return graph.build({ x: ["n", slopes.length, 3, 4] }, { y: ["n", slopes.length, 3, 4] });
};

describe("rewritePrelu", () => {
  it("keeps the function for slopes of every sign and size", async () => {
    await fc.assert(
      fc.asyncProperty(seed, fc.constantFrom(0.1, 1, 5), async (start, scale) => {
        const numbers = createNumbers(start);
        const before = prelu([0, 1, -1, ...numbers(5, scale)]);
        const model = readModel(before);
        expect(rewritePrelu(model)).toBe(1);
        expect(model.graph.node.map(({ opType }) => opType)).not.toContain("PRelu");
        const input = numbers(8 * 12, 10);
        const [plain, rewritten] = [
          await runNetwork(before, input, [1, 8, 3, 4]),
          await runNetwork(writeModel(model), input, [1, 8, 3, 4]),
        ];
        expect(relativeDifference(plain, rewritten)).toBeLessThan(1e-6);
      }),
      { numRuns: 25 },
    );
  });

  it("keeps the function of a network with several, and drops the slopes nobody reads", async () => {
    const before = bottleneck({ channels: 24, dead: [], seed: 4 });
    const model = readModel(before);
    expect(rewritePrelu(model)).toBe(2);
    const used = new Set(model.graph.node.flatMap((node) => node.input));
    for (const { name } of model.graph.initializer) expect(used).toContain(name);
    const input = createNumbers(9)(3 * 5 * 6);
    const [plain, rewritten] = [
      await runNetwork(before, input, [1, 3, 5, 6]),
      await runNetwork(writeModel(model), input, [1, 3, 5, 6]),
    ];
    expect(relativeDifference(plain, rewritten)).toBeLessThan(1e-6);
  });

  it("leaves a PReLU of vectors alone", () => {
    const graph = new GraphBuilder();
    graph.op("PRelu", ["x", graph.weight([4], [0.1, 0.2, 0.3, 0.4])], {}, "y");
    const model = readModel(graph.build({ x: ["n", 4] }, { y: ["n", 4] }));
    expect(rewritePrelu(model)).toBe(0);
    expect(model.graph.node.map(({ opType }) => opType)).toEqual(["PRelu"]);
  });
});
