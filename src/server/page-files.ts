/** Serves the web page built from web/. Files are read into memory at start, so that no request can name a path. */
import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Hono } from "hono";
import type { Env } from "./authentication.ts";
import { refuseMethod } from "./error-response.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Content by URL path. */
export type PageFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** Reads dist/web, from a checkout or the package. Empty if it has not been built. */
export async function readPageFiles(): Promise<PageFiles> {
  const folder = new URL(import.meta.url.endsWith(".ts") ? "../../dist/web/" : "../web/", import.meta.url);
  const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
  const files = names.map((name) => name.replaceAll("\\", "/")).filter((name) => extname(name) in types);
  const entries = files.map(
    async (name) => [`/${name}`, Uint8Array.from(await readFile(fileURLToPath(new URL(name, folder))))] as const,
  );
  return new Map(await Promise.all(entries));
}

/** `/` is the page. Other file names contain a content hash, so browsers can cache them indefinitely. */
export function servePage(app: Hono<Env>, files: PageFiles): void {
  for (const [path, bytes] of files) {
    const isPage = path === "/index.html";
    const headers = {
      "content-type": types[extname(path)] as string,
      "cache-control": isPage ? "no-cache" : "public, max-age=31536000, immutable",
    };
    app.get(isPage ? "/" : path, (c) => {
      c.set("route", isPage ? "/" : "/assets");
      return c.body(bytes, 200, headers);
    });
    app.all(isPage ? "/" : path, (c) => refuseMethod(c, ["GET", "HEAD"]));
  }
  if (!files.has("/index.html"))
    app.get("/", (c) => c.text("The page has not been built. Run `npm run build`; the API is described at /docs.\n", 404));
}
