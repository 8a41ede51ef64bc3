/** Opens the page in a real browser, on a separate server. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { createContext } from "../../src/operations/context.ts";
import { ServeOptions } from "../../src/server/serve-options.ts";
import { type RunningServer, startServer } from "../../src/server/start-server.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);
const isBuilt = existsSync(new URL("../../dist/web/index.html", import.meta.url));

/** Why the page cannot be tested here; undefined if it can. */
export const obstacle =
  executablePath === undefined ? "no Chromium on this machine" : isBuilt ? undefined : "the page is not built (npm run build)";

export type OpenPage = {
  readonly page: Page;
  readonly browser: Browser;
  readonly server: RunningServer;
  /** Browser errors, and requests to other origins. */
  readonly complaints: readonly string[];
  readonly go: (hash: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
};

/** New folder for the gallery and other files of a server. */
export function createFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "facenet-page-"));
}

/**
 * @param folder removed at the end
 * @param options of the server, besides its paths
 * @param film what the camera sees: a file of JPEG pictures one after the other
 */
export async function openPage(folder: string, options: Partial<ServeOptions> = {}, film?: string): Promise<OpenPage> {
  const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
  const all = ServeOptions.parse({
    port: 0,
    logLevel: "silent",
    gallery: join(folder, "gallery.db"),
    photographs: join(folder, "photographs"),
    keys: join(folder, "keys.json"),
    audit: join(folder, "audit.jsonl"),
    ...options,
  });
  const server = await startServer(all, { load: context.load, version: "0.0.0" });
  const browser = await chromium.launch({
    executablePath: executablePath as string,
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
      ...["--disable-component-update", "--disable-sync"],
      ...["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"],
      ...(film === undefined ? [] : [`--use-file-for-fake-video-capture=${film}`]),
    ],
  });
  const tabs = await browser.newContext({ viewport: { width: 1200, height: 900 }, locale: "en" });
  const page = await tabs.newPage();
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("request", (request) => {
    if (!request.url().startsWith(server.url) && !/^(blob|data|about):/.test(request.url()))
      complaints.push(`asks ${request.url()}`);
  });
  page.setDefaultTimeout(45_000);
  return {
    page,
    browser,
    server,
    complaints,
    go: (hash) => page.goto(`${server.url}/${hash}`),
    async close() {
      await browser.close();
      await server.stop();
      await context.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** WCAG 2.1 AA violations of the current page, by axe. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }> };
    };
    const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
    const options = { runOnly, resultTypes: ["violations"], iframes: false };
    return (await axe.run(options)).violations.map(({ id, help, nodes }) => `${id}: ${help} ${nodes[0]?.html}`);
  });
}
