import { describe, it } from "vitest";
import { checkOperation } from "../../../../test/graph/check-operation.ts";
import { testedVariants } from "../../../../test/graph/devices.ts";
import { naivePooling } from "../../../../test/graph/naive-windows.ts";
import type { FloatType } from "../graph-builder.ts";
import type { Tape, Value } from "../tape.ts";
import { emitAveragePooling, emitL2Pooling, emitMaxPooling } from "./pooling.ts";
import { planWindow, type WindowOptions } from "./window.ts";

type Pooling = {
  build: (tape: Tape, x: Value, options: WindowOptions) => Value;
  reduce: (values: readonly number[]) => number;
  type: FloatType;
};

const poolings: Record<string, Pooling> = {
  max: { build: emitMaxPooling, reduce: (values) => Math.max(...values), type: "double" },
  average: {
    build: emitAveragePooling,
    reduce: (values) => values.reduce((a, b) => a + b) / values.length,
    type: "float", // the runtime has no average pooling of float64
  },
  L2: { build: emitL2Pooling, reduce: (values) => Math.hypot(...values, 1e-5), type: "float" },
};

type Case = WindowOptions & { map: [number, number, number, number] };

const cases: Record<string, Case> = {
  "3x3 stride 2": { map: [2, 3, 5, 7], kernel: 3, stride: 2 },
  "3x3 stride 2 on an even map": { map: [2, 2, 6, 8], kernel: 3, stride: 2 },
  "3x3 stride 1": { map: [2, 3, 4, 5], kernel: 3 },
  "2x2 stride 2, the last row left out": { map: [3, 2, 5, 4], kernel: 2, stride: 2, padding: "valid" },
  "windows apart from each other": { map: [1, 2, 8, 7], kernel: 2, stride: 3, padding: "valid" },
  "5x2 stride 3": { map: [2, 2, 9, 5], kernel: [5, 2], stride: 3 },
  "the whole map": { map: [3, 4, 3, 5], kernel: [3, 5], padding: "valid" },
};

/** Compiling shaders takes seconds, so WebGPU tests only these. */
const onWebGpu = ["3x3 stride 2", "windows apart from each other", "the whole map"];

describe.each(await testedVariants())("pooling, $form form on $device", (variant) => {
  const tested = Object.entries(cases).filter(([name]) => variant.device === "cpu" || onWebGpu.includes(name));
  describe.each(Object.entries(poolings))("%s", (_, { build, reduce, type }) => {
    it.each(tested)("%s", async (_, { map, ...options }) => {
      const [n, channels, height, width] = map;
      const size = { n, channels, height, width };
      const window = planWindow(size, options, "pool");
      await checkOperation(
        {
          inputs: { x: map },
          build: (tape, { x }) => build(tape, x as Value, options),
          reference: ({ x }) => naivePooling(x as Float64Array, size, window, reduce),
          type,
        },
        variant,
      );
    });
  });

  it("assigns the gradient of equal values to the first one", async () => {
    // Finite differences do not apply where two values are equal: a step of either would move the maximum.
    const values = [1, 1, 0, 0, 2, 2, 0, 0];
    await checkOperation(
      {
        inputs: { x: { shape: [1, 1, 2, 4], values } },
        build: (tape, { x }) => emitMaxPooling(tape, x as Value, { kernel: 2, stride: 2, padding: "valid" }),
        reference: ({ x = new Float64Array() }) => [x[4] as number, x[2] as number],
        type: "double",
      },
      variant,
    );
  });
});
