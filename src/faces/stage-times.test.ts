import { expect, test } from "vitest";
import { createStageTimer, untimed } from "./stage-times.ts";

test("times each stage, summed over runs, including failed ones", async () => {
  let clock = 0;
  const { timed, times } = createStageTimer(() => clock);
  const take = (ms: number) => () => {
    clock += ms;
    return ms;
  };
  expect(await timed("decode", take(5))).toBe(5);
  clock += 100; // between stages
  await timed("embed", async () => take(7)());
  await timed("decode", take(1));
  const failing = timed("detect", () => {
    clock += 3;
    throw new Error("no network");
  });
  await expect(failing).rejects.toThrow("no network");
  expect(times).toEqual({ decode: 6, embed: 7, detect: 3 });
});

test("untimed only runs the work", async () => {
  expect(await untimed("decode", () => 7)).toBe(7);
  await expect(untimed("decode", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
});
