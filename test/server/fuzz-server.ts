/** Sends random requests built from the contract to the service and collects the responses. */
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { errorStyleOf } from "../../src/server/adapters/adapter-errors.ts";
import type { OpenApiDocument } from "../../src/server/openapi-document.ts";
import { samplePhotograph } from "../sample-photographs.ts";
import { requestOf, requests, targetsOf } from "./fuzz-requests.ts";
import { createTestApp } from "./test-app.ts";

export type FuzzOutcome = { readonly statuses: Readonly<Record<number, number>>; readonly failures: readonly string[] };

/** @param options.folder where the gallery may be created */
export async function fuzzServer({ folder, runs, seed }: { folder: string; runs: number; seed: number }): Promise<FuzzOutcome> {
  const settings = {
    maxPixels: 1_000_000,
    gallery: join(folder, "gallery.db"),
    photographsFolder: join(folder, "photographs"),
    reports: [],
  };
  const { app, dispose } = await createTestApp({ settings });
  const document = (await (await app.request("/openapi.json")).json()) as OpenApiDocument;
  const small = await sharp(samplePhotograph("sample2")).resize(480).jpeg().toBuffer();
  const photographs = [Uint8Array.from(small), Uint8Array.from(await sharp(small).png().toBuffer())];
  const statuses: Record<number, number> = {};
  const failures: string[] = [];
  for (const plan of fc.sample(requests(targetsOf(document), photographs), { numRuns: runs, seed })) {
    const { method, url } = plan;
    const answer = await app.request(await requestOf(plan));
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    const told = await answer.text();
    const isRefusal = answer.status >= 400 && !url.includes("/ready");
    if (answer.status >= 500 || (isRefusal && !saysWhy(url, told)))
      failures.push(`${answer.status} ${method} ${url} ${told.slice(0, 200)}`);
  }
  await dispose();
  return { statuses, failures };
}

/** Error format of the route's clients: our code, or the message of CompreFace or deepface. */
function saysWhy(url: string, told: string): boolean {
  const style = errorStyleOf(new URL(url, "http://localhost").pathname);
  if (!style) return /"code":"[A-Z_]+"/.test(told);
  const body = style.schema.safeParse(JSON.parse(told));
  return body.success && Object.values(body.data as object).some((value) => typeof value === "string" && value !== "");
}
