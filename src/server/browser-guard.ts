/**
 * Protection of browsers: CSRF by Origin and Sec-Fetch-Site, DNS rebinding by Host, and security headers on every response.
 */
import type { Context, MiddlewareHandler } from "hono";
import { FaceNetError } from "../errors.ts";

export type OriginOptions = {
  /** Host names of the server; undefined allows any, which is safe if every request requires a key. */
  readonly hosts: ReadonlySet<string> | undefined;
  /** Other origins with access (CORS). */
  readonly corsOrigins: ReadonlySet<string>;
};

const preflight = {
  "access-control-allow-methods": "GET, POST, PUT, DELETE",
  "access-control-allow-headers": "authorization, content-type, idempotency-key, x-api-key",
  "access-control-max-age": "600",
};

/** @throws FaceNetError REQUEST_REFUSED */
export function originGuard({ hosts, corsOrigins }: OriginOptions): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header("host") ?? new URL(c.req.url).host;
    const name = hostName(host);
    if (name === undefined || (hosts && !hosts.has(name)))
      throw refused(`host ${JSON.stringify(host)} is not a name of this server; the option allowHosts adds one`);
    const origin = c.req.header("origin");
    const isAllowed = origin !== undefined && corsOrigins.has(origin);
    if (!isAllowed && !isOwn(c, origin, host))
      throw refused("cross-origin requests are not allowed; the option corsOrigins allows an origin");
    if (isAllowed && c.req.method === "OPTIONS") c.res = new Response(null, { status: 204, headers: preflight });
    else await next();
    if (!isAllowed) return;
    c.res.headers.set("access-control-allow-origin", origin);
    c.res.headers.set("cross-origin-resource-policy", "cross-origin");
    c.res.headers.append("vary", "Origin");
  };
}

/** False for requests a browser sends for a page of another origin. Links to the server's pages are allowed from anywhere. */
function isOwn(c: Context, origin: string | undefined, host: string): boolean {
  if (origin !== undefined) return URL.canParse(origin) && new URL(origin).host === host;
  const site = c.req.header("sec-fetch-site");
  const isVisit = c.req.method === "GET" && c.req.header("sec-fetch-mode") === "navigate" && !isApi(c.req.path);
  return site === undefined || site === "same-origin" || site === "none" || isVisit;
}

const isApi = (path: string): boolean => /^\/(v1|api|represent|verify|analyze|register|search|build|metrics)(\/|$)/.test(path);

/** Host name of a Host header, without the port; undefined if the header is invalid. */
function hostName(host: string): string | undefined {
  const url = `http://${host}/`;
  if (!URL.canParse(url)) return undefined;
  const { hostname, pathname, username, search, hash } = new URL(url);
  return pathname === "/" && username === "" && search === "" && hash === "" ? hostname : undefined;
}

function refused(reason: string): FaceNetError {
  return new FaceNetError("REQUEST_REFUSED", { reason });
}

const loopback = ["localhost", "127.0.0.1", "[::1]"];

/** Whether an address is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Host names under which a server at `host` may be addressed. */
export function serverNames(host: string, allowed: readonly string[]): ReadonlySet<string> | undefined {
  if (!isLoopback(host) && allowed.length === 0) return undefined;
  const own = host.includes(":") ? `[${host}]` : host;
  return new Set([...loopback, own, ...allowed].map((name) => name.toLowerCase()));
}

/** No third-party and no inline content; `blob:` is for photographs shown by the page. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers: Readonly<Record<string, string>> = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(self), microphone=(), geolocation=()",
};

export function securityHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const own = c.res.headers.get("content-security-policy"); // of a report's document
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
    if (own !== null) c.res.headers.set("content-security-policy", own);
  };
}
