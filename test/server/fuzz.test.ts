import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { fuzzServer } from "./fuzz-server.ts";

it("300 random requests per path of the contract: no 500, and every error has a code", { timeout: 180_000 }, async () => {
  const folder = await temporaryFolder("fuzz");
  const outcome = await fuzzServer({ folder, runs: 300, seed: 1 });
  expect(outcome.failures).toEqual([]);
  expect(Object.values(outcome.statuses).reduce((sum, count) => sum + count, 0)).toBe(300);
  expect(outcome.statuses[200] ?? 0).toBeGreaterThan(0);
});
