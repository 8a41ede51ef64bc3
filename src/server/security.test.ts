/** Attacks from outside: other origins, other host names, wrong keys, too many requests. */
import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApp, type TestApp } from "../../test/server/test-app.ts";
import { createApiKey } from "../keys/api-key.ts";
import type { Scope } from "../schemas/api-key.ts";
import { isLoopback, serverNames } from "./browser-guard.ts";
import { proxyList } from "./client-address.ts";

const wrongSecretOf = (id: string) => `fn_${id}_${randomBytes(32).toString("base64url")}`;
const code = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

describe("a page of another origin", () => {
  let test: TestApp;
  beforeAll(async () => {
    const corsOrigins = new Set(["https://album.example"]);
    test = await createTestApp({ origins: { hosts: serverNames("127.0.0.1", ["faces.local"]), corsOrigins } });
  });
  afterAll(() => test.dispose());
  const get = (headers: Record<string, string>, path = "/v1/models") =>
    test.app.request(`http://127.0.0.1:8128${path}`, { headers: { host: "127.0.0.1:8128", ...headers } });

  it.each([
    ["without a browser", {}],
    ["from the server's own page", { origin: "http://127.0.0.1:8128", "sec-fetch-site": "same-origin" }],
    ["typed into the address bar", { "sec-fetch-site": "none" }],
    ["by another of the server's names", { host: "localhost:8128", origin: "http://localhost:8128" }],
    ["by a name that was allowed", { host: "faces.local" }],
  ])("is not: %s", async (_, headers) => {
    expect((await get(headers)).status).toBe(200);
  });

  it.each([
    ["another site", { origin: "https://evil.example" }],
    ["another port of this machine", { origin: "http://127.0.0.1:3000", "sec-fetch-site": "same-site" }],
    ["a file or a sandbox", { origin: "null" }],
    ["a picture or script on another page, which has no Origin", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["a link on another page to data", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
    ["a name bent to this machine (DNS rebinding)", { host: "evil.example:8128", origin: "http://evil.example:8128" }],
    ["a name that only looks like ours", { host: "127.0.0.1.evil.example" }],
    ["no name at all", { host: "a/b" }],
  ])("is refused: %s", async (_, headers) => {
    const answer = await get(headers);
    expect([answer.status, await code(answer)]).toEqual([403, "REQUEST_REFUSED"]);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("may link to the server's page", async () => {
    expect((await get({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, "/docs")).status).toBe(200);
  });

  it("has access if its origin is listed, and only that origin", async () => {
    const answer = await get({ origin: "https://album.example", "sec-fetch-site": "cross-site" });
    expect([answer.status, answer.headers.get("access-control-allow-origin"), answer.headers.get("vary")]).toEqual([
      200,
      "https://album.example",
      "Origin",
    ]);
    const asked = await test.app.request("http://127.0.0.1:8128/v1/detect", {
      method: "OPTIONS",
      headers: { host: "127.0.0.1:8128", origin: "https://album.example", "access-control-request-method": "POST" },
    });
    expect([asked.status, asked.headers.get("access-control-allow-methods")]).toEqual([204, expect.stringContaining("POST")]);
  });

  it("gets no preflight if it is not listed", async () => {
    const asked = await test.app.request("http://127.0.0.1:8128/v1/detect", {
      method: "OPTIONS",
      headers: { host: "127.0.0.1:8128", origin: "https://evil.example" },
    });
    expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([403, null]);
  });
});

it.each([
  ["127.0.0.1", true],
  ["127.1.2.3", true],
  ["::1", true],
  ["localhost", true],
  ["0.0.0.0", false],
  ["::", false],
  ["192.168.1.4", false],
  ["127.0.0.1.evil.example", false],
])("%s is reached by nobody else: %s", (host, isOwn) => {
  expect(isLoopback(host)).toBe(isOwn);
});

describe("keys", () => {
  const made = (scope: Scope) => createApiKey({ name: scope, scope, now: new Date(), random: randomBytes });
  const [read, write] = [made("read"), made("write")];
  const lines: string[] = [];
  let test: TestApp;
  beforeAll(async () => {
    const stream = new Writable({ write: (chunk, _, done) => done(lines.push(String(chunk)) ? null : undefined) });
    test = await createTestApp({ keys: async () => [read.kept, write.kept], keysRequired: true, log: pino(stream) });
  });
  afterAll(() => test.dispose());
  const get = (headers: Record<string, string>, path = "/v1/models") => test.app.request(path, { headers });

  it("are required, except for health checks and documents", async () => {
    const answer = await get({});
    expect([answer.status, answer.headers.get("www-authenticate"), await code(answer)]).toEqual([
      401,
      expect.stringContaining("Bearer"),
      "KEY_NEEDED",
    ]);
    for (const path of ["/health", "/ready", "/docs", "/openapi.json"]) expect((await get({}, path)).status, path).toBe(200);
    expect((await get({}, "/metrics")).status).toBe(401);
    expect((await get({}, "/v1/nothing")).status).toBe(401);
  });

  it("are accepted in either header, and wrong ones are not", async () => {
    expect((await get({ authorization: `Bearer ${read.key}` })).status).toBe(200);
    expect((await get({ "x-api-key": read.key })).status).toBe(200);
    for (const wrong of [made("read").key, "", "fn_", read.kept.sha256]) {
      expect(await code(await get({ authorization: `Bearer ${wrong}` })), wrong).toBe("KEY_INVALID");
    }
    expect(await code(await get({ authorization: `Basic ${read.key}` }))).toBe("KEY_INVALID");
  });

  it("report what they permit", async () => {
    const answer = await get({ authorization: `Bearer ${write.key}` }, "/v1/access");
    expect(await answer.json()).toEqual({ keyNeeded: true, name: "write", scope: "write" });
    const { app, dispose } = await createTestApp();
    expect(await (await app.request("/v1/access")).json()).toEqual({ keyNeeded: false, name: null, scope: "admin" });
    await dispose();
  });

  it("do not appear in the log, which identifies callers", async () => {
    lines.length = 0;
    await get({ authorization: `Bearer ${read.key}` }, "/v1/models/sface.opencv-128?name=Anna");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ caller: read.kept.id, route: "/v1/models/{id}", status: 400 });
    expect(lines.join("")).not.toMatch(/Anna|fn_/);
  });

  it("cannot be guessed: of 3,000 wrong ones at once thirty are checked, and a valid one passes meanwhile", async () => {
    const { app, dispose } = await createTestApp({ keys: async () => [read.kept], keysRequired: true, now: () => 0 });
    const ask = async (key: string) => app.request("/v1/models", { headers: { "x-api-key": key } });
    const wrong = made("read").key;
    const burst = Array.from({ length: 3000 }, () => ask(wrong));
    expect((await ask(read.key)).status).toBe(200);
    expect((await ask(`${read.key}x`)).status).toBe(429);
    const codes = await Promise.all(burst.map(async (answer) => code(await answer)));
    expect(codes.filter((one) => one === "KEY_INVALID")).toHaveLength(30);
    expect(codes.filter((one) => one === "RATE_LIMITED")).toHaveLength(2970);
    expect((await ask(read.key)).status).toBe(200);
    await dispose();
  });

  it("are counted per client behind a trusted proxy, and per guessed key", async () => {
    const proxies = proxyList(["10.0.0.0/8"]);
    const { app, dispose } = await createTestApp({ keys: async () => [read.kept], keysRequired: true, proxies, now: () => 0 });
    const ask = async (from: string, key: string) => {
      const env = { incoming: { socket: { remoteAddress: "10.1.2.3" } } };
      return app.request("/v1/models", { headers: { "x-api-key": key, "x-forwarded-for": from } }, env);
    };
    const codesOf = (asked: Promise<Response>[]) => Promise.all(asked.map(async (answer) => code(await answer)));
    const guess = () => made("read").key;
    const one = await codesOf(Array.from({ length: 31 }, (_, i) => ask(`198.51.100.${i}, 192.0.2.1`, guess())));
    expect(one.filter((each) => each === "RATE_LIMITED")).toHaveLength(1); // what a client writes itself counts for nothing
    expect(await codesOf([ask("192.0.2.2", guess())])).toEqual(["KEY_INVALID"]);
    const spread = await codesOf(Array.from({ length: 31 }, (_, i) => ask(`203.0.113.${i}`, wrongSecretOf(read.kept.id))));
    expect(spread.filter((each) => each === "RATE_LIMITED")).toHaveLength(1);
    expect((await ask("203.0.113.1", read.key)).status).toBe(200);
    await dispose();
  });
});

it("a caller beyond the rate limit is told when to retry", async () => {
  const { app, dispose } = await createTestApp({ requestsPerMinute: 3 });
  const answers: Response[] = [];
  for (let i = 0; i < 4; i++) answers.push(await app.request("/v1/models"));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(Number(answers[3]?.headers.get("retry-after"))).toBeGreaterThan(10);
  await dispose();
});

it("Prometheus metrics count requests by route, never by client-made paths", async () => {
  const { app, dispose } = await createTestApp();
  await app.request("/v1/models/some-name");
  await app.request("/v1/some-name");
  const text = await (await app.request("/metrics")).text();
  expect(text).toMatch(/facenet_requests_total\{route="\/v1\/models\/\{id\}",method="GET",status="404"\} 1/);
  expect(text).toMatch(/facenet_requests_total\{route="none",method="GET",status="404"\} 1/);
  expect(text).toContain("facenet_queue_requests 0");
  expect(text).not.toContain("some-name");
  await dispose();
});
