import { expect, it } from "vitest";
import { drawMasks } from "./draw-masks.ts";
import { dropout } from "./layers/activations.ts";
import { fullyConnected } from "./layers/fully-connected.ts";
import { planNetwork } from "./network.ts";

const plan = planNetwork({
  name: "tried",
  summary: "",
  input: { width: 2, height: 2 },
  layers: [fullyConnected("fc", { outputs: 500 }), dropout("dropout", 0.8)],
});

it("keeps the share it is told to, each kept value divided by it; the same numbers give the same masks", () => {
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
