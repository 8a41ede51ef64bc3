import fc from "fast-check";
import { expect, test } from "vitest";
import { outcomeExitCode, outcomeText } from "./outcome.ts";

const failures = (count: number) => Array.from({ length: count }, () => ({ code: "IMAGE_CORRUPT" }));

test("the line lists done, failed and other nonzero counts", () => {
  expect(outcomeText({ done: 1, failures: [] })).toBe("1 photograph done, 0 failed.");
  expect(outcomeText({ done: 12, known: 3, skipped: { copies: 0, forgotten: 2, "other files": 4 }, failures: failures(1) })).toBe(
    "12 photographs done, 3 known, 6 skipped (2 forgotten, 4 other files), 1 failed.",
  );
});

test("0 if and only if nothing failed; 1 if and only if something failed and something did not", () => {
  fc.assert(
    fc.property(fc.nat(5), fc.nat(5), fc.nat(5), (done, known, failed) => {
      const exitCode = outcomeExitCode({ done, known, failures: failures(failed) });
      expect(exitCode === 0).toBe(failed === 0);
      expect(exitCode === 1).toBe(failed > 0 && done + known > 0);
    }),
  );
});
