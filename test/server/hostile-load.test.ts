/** Hostile clients in parallel on a real port, while a valid client is served. scripts/hostile-load.ts measures it. */

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createContext } from "../../src/operations/context.ts";
import { createKey } from "../../src/operations/create-key.ts";
import { ServeOptions } from "../../src/server/serve-options.ts";
import { clientTimeouts, type RunningServer, startServer } from "../../src/server/start-server.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { hostileClients } from "./hostile-clients.ts";

/** Timeouts for slow clients: a tenth of the production values. */
const [HEADERS_MS, REQUEST_MS] = [1000, 3000];
const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
let server: RunningServer;
let [valid, rude] = ["", ""];
beforeAll(async () => {
  const folder = await temporaryFolder("hostile");
  const keys = join(folder, "keys.json");
  const made = async (name: string) => (await createKey.run({ name, scope: "read", keys }, context)).key;
  valid = await made("valid");
  rude = await made("rude");
  const places = { gallery: join(folder, "gallery.db"), keys, audit: join(folder, "audit.jsonl") };
  const options = ServeOptions.parse({ port: 0, logLevel: "silent", requireKeys: true, threads: 1, maxPixels: 20e6, ...places });
  const timeouts = {
    ...clientTimeouts,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: 100,
  };
  server = await startServer(options, { load: context.load, version: "0.0.0", timeouts });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await context.dispose();
});

it("50 connections of wrong keys, slow clients and hostile files are rejected while a valid client is served", {
  timeout: 120_000,
}, async () => {
  const halt = new AbortController();
  const start = performance.now();
  const connections = { "wrong key": 20, "slow head": 10, "slow body": 10, "hostile file": 10 };
  const hostile = hostileClients({ url: server.url, key: rude, connections, signal: halt.signal });
  const statuses = new Set<number>();
  let asked = 0;
  for (; performance.now() < start + 3 * REQUEST_MS; asked++) {
    const answer = await fetch(`${server.url}/v1/people`, { headers: { authorization: `Bearer ${valid}` } });
    await answer.arrayBuffer();
    statuses.add(answer.status);
    await sleep(20);
  }
  halt.abort();
  const outcome = await hostile;
  expect([...statuses]).toEqual([200]);
  expect(asked).toBeGreaterThan(10);
  expect(Object.keys(outcome["wrong key"]).sort()).toEqual(["401", "429"]);
  const regained = (performance.now() - start) / 2000;
  expect(outcome["wrong key"]["401"]).toBeLessThanOrEqual(30 + Math.ceil(regained)); // a minute's worth, and what time brings
  expect(Object.keys(outcome["slow head"])).toEqual(["408"]);
  expect(Object.keys(outcome["slow body"])).toEqual(["408"]);
  // 200: a valid picture after all, without a face
  const answered = Object.keys(outcome["hostile file"]);
  expect(answered.filter((status) => !["200", "413", "415", "422", "503"].includes(status))).toEqual([]);
  expect(answered).toContain("422");
});
