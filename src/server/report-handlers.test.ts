import { randomBytes } from "node:crypto";
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleVerification } from "../../test/evaluation/sample-evaluation.ts";
import { createTestApp, type TestApp } from "../../test/server/test-app.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { createClient } from "../client/create-client.ts";
import { createApiKey } from "../keys/api-key.ts";
import { evaluationReport } from "../reports/evaluation/evaluation-report.ts";
import type { KeyFile } from "../schemas/api-key.ts";

const step = (number: number) =>
  `${JSON.stringify({
    ...{ kind: "step", step: number, epoch: 1, loss: 0.2, learningRate: 0.05, images: 100, pairs: 500, triplets: 400 },
    ...{ active: 300, positiveDistance: 0.5, negativeDistance: 1, imagesPerSecond: 50, waitedMs: 0 },
  })}\n`;

let folder: string;
let open: TestApp;
let locked: TestApp;
let keys: KeyFile["keys"];
const { key, kept } = createApiKey({ name: "reader", scope: "read", now: new Date(0), random: randomBytes });
const bearer = { authorization: `Bearer ${key}` };
beforeAll(async () => {
  folder = await temporaryFolder("report-routes");
  await mkdir(join(folder, "model"));
  await writeFile(join(folder, "model", "train.jsonl"), step(1));
  const evaluations = [sampleVerification("architecture.one")];
  const page = evaluationReport({ evaluations, dataset: "lfw", comparisons: [], cards: [], thumbnails: new Map() });
  await writeFile(join(folder, "lfw.html"), page);
  await writeFile(join(folder, "secret.txt"), "secret");
  keys = [kept];
  open = await createTestApp({ settings: { reports: [folder] } });
  locked = await createTestApp({ settings: { reports: [folder] }, keysRequired: true, keys: async () => keys });
});
afterAll(async () => {
  await open.dispose();
  await locked.dispose();
});

const json = async <T>(answer: Response | Promise<Response>) => (await (await answer).json()) as T;
const codeOf = async (answer: Response | Promise<Response>) => (await json<{ error: { code: string } }>(answer)).error.code;
async function idOf(kind: string): Promise<string> {
  const { reports } = await json<{ reports: { id: string; kind: string }[] }>(open.app.request("/v1/reports"));
  return reports.find((one) => one.kind === kind)?.id ?? "";
}

it("a server without report folders lists no reports", async () => {
  const { app, dispose } = await createTestApp();
  expect(await json(app.request("/v1/reports"))).toEqual({ reports: [] });
  await dispose();
});

it("a request can name neither folders nor file paths", async () => {
  expect(await codeOf(open.app.request("/v1/reports?reports=/etc"))).toBe("OPTION_INVALID");
  for (const id of ["..%2Fsecret.txt", "secret.txt", "%2Fetc%2Fpasswd", "model"]) {
    expect(await codeOf(open.app.request(`/v1/reports/${id}`)), id).toBe("NOT_FOUND");
    expect(await codeOf(open.app.request(`/v1/reports/${id}/page`)), id).toBe("NOT_FOUND");
    expect(await codeOf(open.app.request(`/v1/reports/${id}/events`)), id).toBe("NOT_FOUND");
  }
});

describe("the page of a report", () => {
  it("is a document without scripts, with its own styles and pictures", async () => {
    const answer = await open.app.request(`/v1/reports/${await idOf("evaluation")}/page`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await answer.text()).toContain("Evaluation of architecture.one");
    const policy = answer.headers.get("content-security-policy")?.split("; ") ?? [];
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "sandbox",
        "frame-ancestors 'self'",
      ]),
    );
    expect(policy.join()).not.toMatch(/script-src|allow-/);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("does not exist while training runs", async () => {
    expect(await codeOf(open.app.request(`/v1/reports/${await idOf("training")}/page`))).toBe("NOT_FOUND");
  });

  it("opens without a key by a signed URL, and in no other way", async () => {
    const [id, other] = [await idOf("evaluation"), await idOf("training")];
    expect(await codeOf(locked.app.request(`/v1/reports/${id}/page`))).toBe("KEY_NEEDED");
    expect(await codeOf(locked.app.request(`/v1/reports/${id}/link`, { method: "POST" }))).toBe("KEY_NEEDED");
    const asked = locked.app.request(`/v1/reports/${id}/link`, { method: "POST", headers: bearer });
    const { url } = await json<{ url: string }>(asked);
    expect((await locked.app.request(url)).status).toBe(200);

    const altered = {
      "another report": url.replace(id, other),
      "a later end": url.replace(/until=(\d+)/, (_, until: string) => `until=${Number(until) + 1}`),
      "another signature": url.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
      "no hexadecimal": url.replace(/signature=.*/, "signature=x"),
      "another key": url.replace(/key=\w+/, "key=000000000000"),
    };
    for (const [what, address] of Object.entries(altered))
      expect(await codeOf(locked.app.request(address)), what).toBe("KEY_INVALID");
    expect(await codeOf(locked.app.request(url.replace("/page", "")))).toBe("KEY_NEEDED");

    keys = [{ ...kept, revokedAt: new Date().toISOString() }];
    expect(await codeOf(locked.app.request(url))).toBe("KEY_INVALID");
    keys = [kept];
  });

  it("has a plain URL where no key is required", async () => {
    const id = await idOf("evaluation");
    const answer = open.app.request(`/v1/reports/${id}/link`, { method: "POST" });
    expect(await json(answer)).toEqual({ url: `/v1/reports/${id}/page` });
  });
});

it("a training run is watched until it finishes", { timeout: 20_000 }, async () => {
  const seen: unknown[] = [];
  const client = createClient({ url: "", fetch: async (path) => open.app.request(path) });
  for await (const { state, points } of client.watchTraining({ report: await idOf("training") })) {
    if (seen.length === 0) {
      await appendFile(join(folder, "model", "train.jsonl"), step(2));
      await writeFile(join(folder, "model", "report.html"), "<!doctype html>");
    }
    seen.push([state, points.from, points.items.map((point) => point.step)]);
  }
  expect(seen).toEqual([
    ["running", 0, [1]],
    ["finished", 1, [2]],
  ]);
});
