import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { floats, floatTensor, readModel, writeModel } from "../../src/engine/graph/onnx-model.ts";
import { flushTinyWeights, pruneDeadChannels } from "./prune-dead-channels.ts";
import { type Bottleneck, bottleneck, createNumbers, relativeDifference, runNetwork, seed } from "./random-network.ts";

const dims = [2, 3, 5, 6];
const input = createNumbers(7)(2 * 3 * 5 * 6);

/** Prunes a network; says how many channels went and by how much its output moved. */
async function prune(network: Bottleneck) {
  const before = bottleneck(network);
  const model = readModel(before);
  const removed = pruneDeadChannels(model);
  const after = writeModel(model);
  return {
    removed,
    moved: relativeDifference(await runNetwork(before, input, dims), await runNetwork(after, input, dims)),
    model,
  };
}
const deadIn = (where: "a" | "d" | "p", from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ channel: from + i, where }));

describe("pruneDeadChannels", () => {
  it.each(["a", "d", "p"] as const)("removes channels that are dead in %s and keeps the function", async (where) => {
    const { removed, moved, model } = await prune({ channels: 40, dead: deadIn(where, 5, 13), seed: 11 });
    expect(removed).toBe(8);
    expect(moved).toBeLessThan(1e-6);
    expect(model.graph.initializer.map((tensor) => tensor.dims[0])).toEqual([32, 32, 32, 32, 32, 32, 4, 4]);
  });

  it("keeps the function whichever channels are dead", async () => {
    const dead = fc.array(fc.record({ channel: fc.nat(33), where: fc.constantFrom("a" as const, "d" as const, "p" as const) }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 34, max: 50 }), dead, seed, async (channels, list, start) => {
        const { moved } = await prune({ channels, dead: list, seed: start });
        expect(moved).toBeLessThan(1e-6);
      }),
      { numRuns: 40 },
    );
  });

  it("leaves a multiple of 16 channels, dead ones among them where it must", async () => {
    expect((await prune({ channels: 48, dead: deadIn("a", 0, 20), seed: 3 })).removed).toBe(16);
    expect((await prune({ channels: 32, dead: deadIn("a", 0, 15), seed: 3 })).removed).toBe(0);
    expect((await prune({ channels: 10, dead: deadIn("a", 0, 9), seed: 3 })).removed).toBe(0);
  });

  it("leaves channels also where all are dead", async () => {
    const { removed, moved } = await prune({ channels: 32, dead: deadIn("d", 0, 32), seed: 5 });
    expect(removed).toBe(16);
    expect(moved).toBeLessThan(1e-6);
  });
});

describe("flushTinyWeights", () => {
  it("sets to zero what is too small to count, and says how many", () => {
    const model = readModel(bottleneck({ channels: 16, dead: [], seed: 1 }));
    model.graph.initializer.push(floatTensor("extra", [6], [1e-21, -1e-30, 1e-40, 0, 1e-19, -1]));
    expect(flushTinyWeights(model)).toBe(3);
    const extra = model.graph.initializer.find(({ name }) => name === "extra");
    expect(extra && Array.from(floats(extra))).toEqual([0, 0, 0, 0, Math.fround(1e-19), -1]);
  });

  it("keeps the function", async () => {
    const before = bottleneck({ channels: 16, dead: [], seed: 2 });
    const model = readModel(before);
    const [first] = model.graph.initializer;
    if (first)
      first.rawData = floatTensor(
        "w",
        first.dims,
        Array.from(floats(first), (v, i) => (i % 3 === 0 ? v * 1e-25 : v)),
      ).rawData as Uint8Array;
    const tiny = writeModel(model);
    expect(flushTinyWeights(model)).toBe(16);
    expect(
      relativeDifference(await runNetwork(tiny, input, dims), await runNetwork(writeModel(model), input, dims)),
    ).toBeLessThan(1e-6);
  });
});
