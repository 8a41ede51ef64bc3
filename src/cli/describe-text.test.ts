import { expect, test, vi } from "vitest";
import { createContext } from "../operations/context.ts";
import { describe } from "../operations/describe.ts";
import { describeText } from "./describe-text.ts";

const context = createContext({ signal: new AbortController().signal, onProgress: vi.fn() });
const text = async (input: { network?: string }) => describeText(await describe.run(input, context));

test("the table of NN1 matches the paper's", async () => {
  const lines = (await text({ network: "nn1" })).split("\n");
  const row = (name: string) => lines.find((line) => line.startsWith(`${name} `))?.split(/ {2,}/);
  expect(row("conv1")).toEqual(["conv1", "convolution", "220x220x3", "110x110x64", "7x7, 2", "9.47K", "114M"]);
  expect(row("fc1")).toEqual(["fc1", "fully connected", "7x7x256", "1x1x8192", "103M", "103M"]);
  expect(row("total")).toEqual(["total", "140M", "1.61B"]);
  expect(lines.at(-1)).toBe("Published: 140M parameters, 1.6B multiply-adds (FaceNet, table 1).");
});

test("the list has a line per network", async () => {
  const lines = (await text({})).split("\n");
  expect(lines.find((line) => line.startsWith("nn4 "))?.split(/ {2,}/)).toEqual([
    "nn4",
    "96x96",
    "6.61M",
    "285M",
    "6.6M, 285M",
    "128-D",
    "Inception without 5x5 convolutions in the higher layers, 96 x 96 (FaceNet, section 3.3)",
  ]);
});
