/**
 * Keeps other pages out of the browser of somebody who may use the server. A browser says which page a request comes
 * from (Origin, Sec-Fetch-Site) and by which name the server was reached (Host): a page elsewhere shows in the first,
 * a name that was bent to point at this machine (DNS rebinding) in the second.
 */
import type { Context, MiddlewareHandler } from "hono";
import { FaceNetError } from "../errors.ts";

export type OriginOptions = {
  /** Names of the server; undefined: any, which is safe where every request needs a key. */
  readonly hosts: ReadonlySet<string> | undefined;
  /** Other origins whose pages may use the server. */
  readonly corsOrigins: ReadonlySet<string>;
};

const preflight = {
  "access-control-allow-methods": "GET, POST, PATCH, DELETE",
  "access-control-allow-headers": "authorization, content-type, idempotency-key, x-api-key",
  "access-control-max-age": "600",
};

/** @throws FaceNetError REQUEST_REFUSED */
export function originGuard({ hosts, corsOrigins }: OriginOptions): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header("host") ?? new URL(c.req.url).host;
    const name = hostName(host);
    if (name === undefined || (hosts && !hosts.has(name)))
      throw refused(`it came for ${JSON.stringify(host)}, which is no name of this server; --allow-hosts adds one`);
    const origin = c.req.header("origin");
    const isGuest = origin !== undefined && corsOrigins.has(origin);
    if (!isGuest && !isOwn(c, origin, host))
      throw refused("it came from a page elsewhere; --cors-origins lets pages of an origin in");
    if (isGuest && c.req.method === "OPTIONS") c.res = new Response(null, { status: 204, headers: preflight });
    else await next();
    if (!isGuest) return;
    c.res.headers.set("access-control-allow-origin", origin);
    c.res.headers.set("cross-origin-resource-policy", "cross-origin");
    c.res.headers.append("vary", "Origin");
  };
}

/** Does no browser send it for a page of another origin? Only going to the server's page by a link is free for all. */
function isOwn(c: Context, origin: string | undefined, host: string): boolean {
  if (origin !== undefined) return URL.canParse(origin) && new URL(origin).host === host;
  const site = c.req.header("sec-fetch-site");
  const isVisit = c.req.method === "GET" && c.req.header("sec-fetch-mode") === "navigate" && !isApi(c.req.path);
  return site === undefined || site === "same-origin" || site === "none" || isVisit;
}

const isApi = (path: string): boolean => /^\/(v1|api|verify|metrics)(\/|$)/.test(path);

/** Of a Host header, without the port; undefined for what is none. */
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

/** Does nobody else reach a server at that address? */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The names by which a server at `host` may be reached. */
export function serverNames(host: string, allowed: readonly string[]): ReadonlySet<string> | undefined {
  if (!isLoopback(host) && allowed.length === 0) return undefined;
  const own = host.includes(":") ? `[${host}]` : host;
  return new Set([...loopback, own, ...allowed].map((name) => name.toLowerCase()));
}
