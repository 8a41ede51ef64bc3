import { describe, it } from "vitest";
import { checkOperation } from "../../../../test/graph/check-operation.ts";
import { testedVariants } from "../../../../test/graph/devices.ts";
import { naiveConvolution } from "../../../../test/graph/naive-windows.ts";
import { emitConvolution } from "./convolution.ts";
import { planWindow, type WindowOptions } from "./window.ts";

type Case = WindowOptions & { map: [number, number, number, number]; filters: number; groups?: number; bias?: boolean };

/** Compiling shaders takes seconds, so WebGPU tests only what differs there: strides, groups and odd sizes. */
const onWebGpu = [
  "7x7 stride 2 on an odd map",
  "more padding than the kernel is wide",
  "a kernel of the whole map",
  "two groups",
];

const cases: Record<string, Case> = {
  "3x3": { map: [2, 3, 5, 7], filters: 4, kernel: 3 },
  "1x1": { map: [3, 4, 3, 2], filters: 5, kernel: 1 },
  "1x1 at every other place": { map: [2, 4, 5, 6], filters: 3, kernel: 1, stride: 2 },
  "7x7 stride 2 on an odd map": { map: [1, 3, 9, 7], filters: 2, kernel: 7, stride: 2 },
  "5x5 stride 2 on an even map": { map: [1, 2, 8, 10], filters: 3, kernel: 5, stride: 2, bias: true },
  "stride 3 that leaves rows out": { map: [2, 2, 9, 8], filters: 2, kernel: 2, stride: 3, padding: "valid" },
  "a long kernel": { map: [2, 3, 4, 8], filters: 2, kernel: [1, 7], bias: true },
  "more padding than the kernel is wide": { map: [1, 2, 4, 3], filters: 2, kernel: 2, padding: 2 },
  "one-sided padding": { map: [2, 2, 5, 5], filters: 2, kernel: 3, padding: [0, 2, 1, 0] },
  "a kernel of the whole map": { map: [3, 4, 5, 3], filters: 6, kernel: [5, 3], padding: "valid" },
  depthwise: { map: [2, 4, 5, 6], filters: 4, kernel: 3, groups: 4 },
  "depthwise stride 2": { map: [2, 3, 7, 6], filters: 3, kernel: 3, groups: 3, stride: 2 },
  "depthwise of the whole map": { map: [3, 5, 4, 3], filters: 5, kernel: [4, 3], groups: 5, padding: "valid" },
  "two groups": { map: [2, 4, 5, 4], filters: 6, kernel: 3, groups: 2, bias: true },
};

describe.each(await testedVariants())("convolution, $form form on $device", (variant) => {
  const tested = Object.entries(cases).filter(([name]) => variant.device === "cpu" || onWebGpu.includes(name));
  it.each(tested)("%s", async (_, { map, filters, groups = 1, bias = false, ...window }) => {
    const [n, channels, height, width] = map;
    const size = { n, channels, height, width };
    const { kernel, stride, pads } = planWindow(size, window, "conv");
    await checkOperation(
      {
        inputs: { x: map, w: [filters, channels / groups, ...kernel], ...(bias && { b: [filters] }) },
        build: (tape, { x, w, b }) => emitConvolution(tape, x as never, w as never, b, { ...window, groups }),
        reference: ({ x, w, b }) => naiveConvolution(x as never, size, w as never, b, { filters, groups, kernel, stride, pads }),
        type: "float", // the runtime has no convolution of float64
      },
      variant,
    );
  });
});
