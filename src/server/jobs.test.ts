import { expect, test } from "vitest";
import type { Job } from "../contract/service-calls.ts";
import { Jobs } from "./jobs.ts";

function createJobs(): Jobs {
  let next = 0;
  return new Jobs({ newId: () => String(++next), now: () => new Date(0) });
}

async function states(jobs: Jobs, id: string): Promise<Job["state"][]> {
  const seen: Job["state"][] = [];
  for await (const { state } of jobs.watch(id, new AbortController().signal)) seen.push(state);
  return seen;
}

test("jobs run one at a time and can be watched to their end", async () => {
  const jobs = createJobs();
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    order.push(`${name} ends`);
    return name;
  };
  const [first, second] = [jobs.start("index", work("a")), jobs.start("cluster", work("b"))];
  expect((await states(jobs, second.id)).at(-1)).toBe("done");
  expect(order).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  expect([jobs.get(first.id).result, jobs.list().map(({ id }) => id)]).toEqual(["a", ["2", "1"]]);
});

test("a failed job reports the reason, and the next one starts", async () => {
  const jobs = createJobs();
  const failing = jobs.start("index", () => Promise.reject(new Error("no disk")));
  const next = jobs.start("cluster", async () => 1);
  expect((await states(jobs, next.id)).at(-1)).toBe("done");
  expect(jobs.get(failing.id)).toMatchObject({ state: "failed", error: { code: "INTERNAL" } });
});

test("a cancelled job ends as cancelled, waiting or running", async () => {
  const jobs = createJobs();
  const untilAborted = (signal: AbortSignal) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const [running, waiting] = [jobs.start("index", untilAborted), jobs.start("cluster", async () => 1)];
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(jobs.cancel(waiting.id).state).toBe("cancelled");
  await jobs.close();
  expect(jobs.list().map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
  expect(await states(jobs, running.id)).toEqual(["cancelled"]);
});

test("an unknown job is an error", () => {
  expect(() => createJobs().get("1")).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
});
