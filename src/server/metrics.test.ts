import { Hono } from "hono";
import { expect, it } from "vitest";
import type { Env } from "./authentication.ts";
import { ByteBudget, WorkQueue } from "./load-limits.ts";
import { Metrics } from "./metrics.ts";

function create() {
  const queue = new WorkQueue(4, () => 0);
  const budget = new ByteBudget({ perRequest: 100, total: 1000 });
  return { queue, budget, metrics: new Metrics({ queue, budget }) };
}

/** Value of a metric by name and labels, in Prometheus format. */
async function figure(metrics: Metrics, name: string): Promise<number | undefined> {
  const line = (await metrics.text()).body.split("\n").find((one) => one.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.split(" ")[1]);
}

it("reports the current queue length and upload bytes", async () => {
  const { queue, budget, metrics } = create();
  const lease = budget.lease(0);
  lease.take(70);
  const { promise, resolve } = Promise.withResolvers<void>();
  const work = queue.run(() => promise);
  expect([await figure(metrics, "facenet_queue_requests"), await figure(metrics, "facenet_upload_bytes")]).toEqual([1, 70]);
  resolve();
  await work;
  lease.release();
  expect([await figure(metrics, "facenet_queue_requests"), await figure(metrics, "facenet_upload_bytes")]).toEqual([0, 0]);
});

it("counts requests by route of the contract, never by client-made paths", async () => {
  const { metrics } = create();
  const app = new Hono<Env>();
  app.use(metrics.middleware());
  app.get("/v1/people/:person", (c) => {
    c.set("route", "/v1/people/{person}");
    return c.text("Anna", 201);
  });
  for (const path of ["/v1/people/Anna", "/v1/people/Ben", "/secret-name"]) await app.request(path);
  const count = (route: string, status: number) =>
    figure(metrics, `facenet_requests_total{route="${route}",method="GET",status="${status}"}`);
  expect([await count("/v1/people/{person}", 201), await count("none", 404)]).toEqual([2, 1]);
  expect(await figure(metrics, 'facenet_request_seconds_count{route="/v1/people/{person}"}')).toBe(2);
  expect((await metrics.text()).body).not.toMatch(/Anna|Ben|secret/);
});

it("times the stages of a request, including failed ones", async () => {
  const { metrics } = create();
  expect(await metrics.timed("upload", async () => 7)).toBe(7);
  await expect(metrics.timed("upload", () => Promise.reject(new Error("cut off")))).rejects.toThrow("cut off");
  expect(await figure(metrics, 'facenet_stage_seconds_count{stage="upload"}')).toBe(2);
});

it("times the completed stages of a photograph, in seconds", async () => {
  const { metrics } = create();
  metrics.observeStages({ wait: 10, decode: 20, detect: 30 });
  metrics.observeStages({ decode: 5 });
  const sum = (stage: string) => figure(metrics, `facenet_pipeline_seconds_sum{stage="${stage}"}`);
  expect([await sum("wait"), await sum("decode"), await sum("detect"), await sum("embed")]).toEqual([
    0.01,
    0.025,
    0.03,
    undefined,
  ]);
});

it("counts photographs by outcome, and faces of processed ones", async () => {
  const { metrics } = create();
  metrics.countPhotograph("done", 3);
  metrics.countPhotograph("IMAGE_CORRUPT", 0);
  expect(await figure(metrics, 'facenet_photographs_total{outcome="done"}')).toBe(1);
  expect(await figure(metrics, 'facenet_photographs_total{outcome="IMAGE_CORRUPT"}')).toBe(1);
  expect([await figure(metrics, "facenet_batch_faces_count"), await figure(metrics, "facenet_batch_faces_sum")]).toEqual([1, 3]);
});
