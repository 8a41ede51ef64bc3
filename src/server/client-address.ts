/** Address of the client: the peer, or, behind trusted proxies, the one given in X-Forwarded-For. */
import { BlockList, isIP } from "node:net";
import type { Context } from "hono";
import { FaceNetError } from "../errors.ts";

type Peer = { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } };

/**
 * @param proxies addresses or networks in CIDR notation
 * @throws FaceNetError OPTION_INVALID
 */
export function proxyList(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = "", bits, ...more] = proxy.split("/");
    const version = isIP(address);
    const family = version === 6 ? "ipv6" : "ipv4";
    const prefix = bits === undefined ? (version === 6 ? 128 : 32) : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (version === 0 || more.length > 0 || prefix < 0 || prefix > (version === 6 ? 128 : 32)) {
      const reason = `must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8, got ${JSON.stringify(proxy)}`;
      throw new FaceNetError("OPTION_INVALID", { option: "trustProxy", reason });
    }
    list.addSubnet(address, prefix, family);
  }
  return list;
}

/**
 * Reads X-Forwarded-For from its end, where the nearest proxy appended, as long as the entries were written by trusted proxies.
 * Earlier entries come from the client and can be forged.
 */
export function clientAddress(c: Context, proxies: BlockList): string {
  const peer = plain(((c.env ?? {}) as Peer).incoming?.socket?.remoteAddress ?? "none");
  const hops = (c.req.header("x-forwarded-for") ?? "").split(",").map((hop) => plain(hop.trim()));
  let address = peer;
  while (isTrusted(address, proxies)) {
    const hop = hops.pop();
    if (hop === undefined || isIP(hop) === 0) break;
    address = hop;
  }
  return address;
}

function isTrusted(address: string, proxies: BlockList): boolean {
  const version = isIP(address);
  return version !== 0 && proxies.check(address, version === 6 ? "ipv6" : "ipv4");
}

/** Unwraps IPv4 addresses of a dual-stack socket: ::ffff:127.0.0.1. */
const plain = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;

/** Key for all addresses of a client: for IPv6 the /64 network, in which one host may use any address. */
export function clientNetwork(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail = ""] = address.split("%")[0]?.split("::") ?? [];
  const [first, last] = [head, tail].map((part) => (part === "" ? [] : part.split(":"))) as [string[], string[]];
  const groups = address.includes("::")
    ? [...first, ...new Array(Math.max(0, 8 - first.length - last.length)).fill("0"), ...last]
    : first;
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
