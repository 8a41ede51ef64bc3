import { describe, expect, it } from "vitest";
import { FaceNetError, toFaceNetError } from "../errors.ts";
import { countOf, isSources, ProgressCounter } from "./batch.ts";

function* paths() {
  yield "a.jpg";
}
async function* latePaths() {
  yield "a.jpg";
}

describe("isSources", () => {
  it.each<[string, unknown, boolean]>([
    ["a path", "a.jpg", false],
    ["a URL", new URL("file:///a.jpg"), false],
    ["bytes", new Uint8Array(3), false],
    ["a Buffer", Buffer.from("abc"), false],
    ["an ArrayBuffer", new ArrayBuffer(3), false],
    ["a Blob", new Blob(["abc"]), false],
    ["raw pixels", { data: new Uint8Array(3), width: 1, height: 1, channels: 3 }, false],
    ["an array", ["a.jpg"], true],
    ["a set", new Set(["a.jpg"]), true],
    ["a generator", paths(), true],
    ["an async generator", latePaths(), true],
  ])("%s: %j is several: %s", (_, input, expected) => {
    expect(isSources(input as Parameters<typeof isSources>[0])).toBe(expected);
  });
});

describe("countOf", () => {
  it("counts arrays and sets, not generators", () => {
    expect(countOf(["a", "b"])).toBe(2);
    expect(countOf(new Set(["a"]))).toBe(1);
    expect(countOf(paths())).toBeUndefined();
  });
});

describe("toFaceNetError", () => {
  it("keeps a FaceNetError and wraps anything else as internal, with its cause", () => {
    const known = new FaceNetError("DISPOSED");
    expect(toFaceNetError(known)).toBe(known);
    const cause = new TypeError("x is not a function");
    expect(toFaceNetError(cause)).toMatchObject({
      code: "INTERNAL",
      cause,
      message: expect.stringContaining("x is not a function"),
    });
  });
});

describe("ProgressCounter", () => {
  it("counts, and estimates rate and remaining time", () => {
    const progress = new ProgressCounter(10, 1000);
    expect(progress.count(true, 3, 1500)).toEqual({
      done: 1,
      failed: 0,
      faces: 3,
      total: 10,
      elapsedMs: 500,
      perSecond: 2,
      remainingMs: 4500,
    });
    expect(progress.count(false, 0, 3000)).toEqual({
      done: 2,
      failed: 1,
      faces: 3,
      total: 10,
      elapsedMs: 2000,
      perSecond: 1,
      remainingMs: 8000,
    });
  });

  it("does not guess the time left without a total or before time has passed", () => {
    expect(new ProgressCounter(undefined, 0).count(true, 1, 100)).toMatchObject({ total: undefined, remainingMs: undefined });
    expect(new ProgressCounter(5, 100).count(true, 1, 100)).toMatchObject({ perSecond: 0, remainingMs: undefined });
  });

  it("reports the rate of the last half minute, and the remaining time at that rate", () => {
    const progress = new ProgressCounter(undefined, 0);
    for (let i = 1; i <= 6000; i++) progress.count(true, 0, i * 10); // a minute of 100 a second
    let last = progress.count(true, 0, 60_000);
    expect(last.perSecond).toBeCloseTo(100, 0);
    for (let i = 1; i <= 15; i++) last = progress.count(true, 0, 60_000 + i * 1000);
    expect(last.perSecond).toBeGreaterThan(40); // half of the window still is from before
    for (let i = 16; i <= 60; i++) last = progress.count(true, 0, 60_000 + i * 1000);
    expect(last).toMatchObject({ total: undefined, remainingMs: undefined });
    expect(last.perSecond).toBeCloseTo(1, 1);
    progress.expect(6081);
    last = progress.count(true, 0, 121_000);
    expect(last.remainingMs).toBeCloseTo(19_000, -3);
  });
});
