import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { createApiKey } from "../keys/api-key.ts";
import { authentication, type Env, signUrl } from "./authentication.ts";

const { kept } = createApiKey({ name: "reader", scope: "admin", now: new Date(0), random: randomBytes });
const keys = async () => [kept];

const path = "/v1/reports/a/page";

function appAt(today: number): Hono<Env> {
  const app = new Hono<Env>();
  app.onError((error, c) => c.text(error.message, 401));
  app.use((c, next) => {
    c.set("address", "192.0.2.1");
    return next();
  });
  app.use(authentication({ keys, keysRequired: true, requestsPerMinute: 0, now: () => 0, today: () => today }));
  app.get("*", (c) => c.json(c.get("caller")));
  return app;
}

it("identifies the key it was signed with, for reading only, for one minute", async () => {
  const url = await signUrl(path, kept.id, keys, 1_000_000);
  expect(await (await appAt(1_059_999).request(url)).json()).toEqual({ id: kept.id, name: kept.name, scope: "read" });
  expect((await appAt(1_060_000).request(url)).status).toBe(401);
});

it("opens no other path, and nothing without a signature", async () => {
  const url = await signUrl("/v1/people", kept.id, keys, 0);
  for (const one of [url, path, `${path}?signature=00`]) expect((await appAt(0).request(one)).status, one).toBe(401);
});

it("is not created for an unknown key", async () => {
  await expect(signUrl(path, "none", keys, 0)).rejects.toMatchObject({ code: "KEY_INVALID" });
});
