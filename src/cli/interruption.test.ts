import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { abortOnSignals, endSoon, Interruption } from "./interruption.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function fakeProcess() {
  const target = Object.assign(new EventEmitter(), { pid: 7, kill: vi.fn(() => true) });
  return target as typeof target & Pick<NodeJS.Process, "once" | "kill" | "pid">;
}

test.each([
  ["SIGINT", 130, "interrupted"],
  ["SIGTERM", 143, "terminated"],
] as const)("%s aborts with exit code %i, and the second one is not caught", (name, exitCode, message) => {
  const target = fakeProcess();
  const signal = abortOnSignals(target);
  expect(signal.aborted).toBe(false);
  target.emit(name);
  expect(signal.reason).toMatchObject({ exitCode, message });
  expect(target.listenerCount(name)).toBe(0);
});

test("a program that does not end in time after an interruption is ended by the signal", () => {
  const target = fakeProcess();
  const signal = abortOnSignals(target);
  endSoon(target, signal);
  vi.runAllTimers();
  expect(target.kill).not.toHaveBeenCalled();
  target.emit("SIGTERM");
  endSoon(target, signal);
  vi.runAllTimers();
  expect(target.kill).toHaveBeenCalledWith(7, "SIGTERM");
});

test("a closed standard output is not an error", () => {
  expect(new Interruption("EPIPE")).toMatchObject({ exitCode: 0, message: "" });
});
