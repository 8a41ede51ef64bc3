import { expect, test } from "vitest";
import type { Progress } from "../faces/batch.ts";
import { durationText, ProgressLine, progressText } from "./progress-line.ts";

const progress: Progress = {
  done: 123,
  failed: 0,
  faces: 200,
  total: 1000,
  elapsedMs: 2721,
  perSecond: 45.2,
  remainingMs: 19_400,
};

function fakeStream(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

test("shows done, total, speed and remaining time", () => {
  expect(progressText(progress)).toBe("123/1000 photographs, 45.2/s, 20 s left");
  expect(progressText({ ...progress, total: undefined, remainingMs: undefined })).toBe("123 photographs, 45.2/s");
});

test("shows further figures, integers without decimals", () => {
  const figures = { loss: 0.123456, active: 230 };
  expect(progressText({ ...progress, unit: "steps", figures })).toBe("123/1000 steps, 45.2/s, loss 0.123, active 230, 20 s left");
});

test.each([
  [0, "0 s"],
  [89_000, "89 s"],
  [120_000, "2 min"],
  [9_000_000, "2.5 h"],
])("%i ms is %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test("without a terminal, writes a line every 15 s, and none for short work", () => {
  const stream = fakeStream(false);
  const line = new ProgressLine(stream);
  const at = (ms: number) => line.update({ ...progress, elapsedMs: ms }, 1e6 + ms);
  for (const ms of [0, 5000, 14_999]) at(ms);
  line.clear();
  expect(stream.written).toEqual([]);
  for (const ms of [15_000, 16_000, 29_999, 31_000]) at(ms);
  expect(stream.written).toEqual([`${progressText(progress)}\n`, `${progressText(progress)}\n`]);
});

test("on a terminal, rewrites the line at intervals, and removes it once", () => {
  const stream = fakeStream(true);
  const line = new ProgressLine(stream);
  for (const now of [0, 50, 100]) line.update(progress, now);
  line.clear();
  line.clear();
  const shown = `\r\u001b[K${progressText(progress)}`;
  expect(stream.written).toEqual([shown, shown, "\r\u001b[K"]);
});
