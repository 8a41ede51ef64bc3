import type { Context } from "hono";

/**
 * The address at the other end of the connection. What a proxy says of the client behind it is not asked for: anybody
 * can write that header.
 */
export function clientAddress(c: Context): string {
  const { incoming } = (c.env ?? {}) as { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress ?? "none";
}
