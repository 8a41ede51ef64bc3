import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { clientAddress, clientNetwork, proxyList } from "./client-address.ts";

async function addressOf(peer: string, forwarded: string | undefined, proxies: readonly string[]): Promise<string> {
  const app = new Hono();
  app.get("/", (c) => c.text(clientAddress(c, proxyList(proxies))));
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return (await app.request("/", { headers }, { incoming: { socket: { remoteAddress: peer } } })).text();
}

describe("client address", () => {
  it.each([
    ["192.0.2.1", "203.0.113.9", [], "192.0.2.1"],
    ["127.0.0.1", "203.0.113.9", ["127.0.0.1"], "203.0.113.9"],
    ["::ffff:127.0.0.1", "203.0.113.9", ["127.0.0.1"], "203.0.113.9"],
    ["127.0.0.1", "198.51.100.1, 203.0.113.9", ["127.0.0.1"], "203.0.113.9"],
    ["127.0.0.1", "203.0.113.9, 10.0.0.7", ["127.0.0.1", "10.0.0.0/8"], "203.0.113.9"],
    ["127.0.0.1", undefined, ["127.0.0.1"], "127.0.0.1"],
    ["127.0.0.1", "unknown", ["127.0.0.1"], "127.0.0.1"],
    ["192.0.2.1", "203.0.113.9", ["127.0.0.1"], "192.0.2.1"],
    ["::1", "2001:db8::7", ["::1"], "2001:db8::7"],
  ])("of %s, forwarded for %s, trusting %j: %s", async (peer, forwarded, proxies, expected) => {
    expect(await addressOf(peer, forwarded, proxies)).toBe(expected);
  });

  it.each(["proxy.example", "10.0.0.0/33", "10.0.0.0/x", "::/129", "1.2.3.4/8/8", ""])("rejects the proxy %j", (proxy) => {
    expect(() => proxyList([proxy])).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:DB8:1:2::1", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
])("%s belongs to %s", (address, network) => {
  expect(clientNetwork(address)).toBe(network);
});
