import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { createApiKey } from "../keys/api-key.ts";
import { type Env, signedUrls, signUrl } from "./authentication.ts";

const { kept } = createApiKey({ name: "reader", scope: "admin", now: new Date(0), random: randomBytes });
const keys = async () => [kept];

function appAt(now: number): Hono<Env> {
  const app = new Hono<Env>();
  app.onError((error, c) => c.text(error.message, 401));
  app.use(signedUrls(keys, () => now));
  app.get("/a/page", (c) => c.json(c.get("caller") ?? "nobody"));
  return app;
}

it("tells whose key it was signed with, to read only, for a minute", async () => {
  const url = await signUrl("/a/page", kept.id, keys, 1_000_000);
  expect(await (await appAt(1_059_999).request(url)).json()).toEqual({ id: kept.id, scope: "read" });
  expect((await appAt(1_060_000).request(url)).status).toBe(401);
});

it("says nobody without a signature", async () => {
  expect(await (await appAt(0).request("/a/page")).json()).toBe("nobody");
});

it("is not made for a key that is not there", async () => {
  await expect(signUrl("/a/page", "none", keys, 0)).rejects.toMatchObject({ code: "KEY_INVALID" });
});
