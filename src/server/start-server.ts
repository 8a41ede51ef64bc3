/** Starts the HTTP server, and stops it gracefully. */
import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join, resolve } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { FaceNetError, reasonOf } from "../errors.ts";
import { GalleryCache } from "../gallery/access/gallery-cache.ts";
import { galleryFolder } from "../gallery/access/open-gallery.ts";
import { removePartialUploads } from "../gallery/indexing/stored-uploads.ts";
import { KeyRing } from "../keys/key-file.ts";
import { defaultKeyFile } from "../operations/key-options.ts";
import type { OperationContext } from "../operations/operation.ts";
import { isLoopback, serverNames } from "./browser-guard.ts";
import { proxyList } from "./client-address.ts";
import { createApp } from "./create-app.ts";
import { Jobs } from "./jobs.ts";
import { ByteBudget, WorkQueue } from "./load-limits.ts";
import { auditLog, createLog } from "./logs.ts";
import { Metrics } from "./metrics.ts";
import { readPageFiles } from "./page-files.ts";
import { sweep } from "./picture-handlers.ts";
import type { ServeOptions } from "./serve-options.ts";
import type { Services } from "./services.ts";

/**
 * Timeouts against slow clients, ms. Keep-alive is longer than that of proxies (nginx 60 s): if the server closed an idle
 * connection first, a request sent by the proxy at that moment would be lost.
 */
export const clientTimeouts = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 72_000,
  connectionsCheckingInterval: 1000,
};
/** Maximum number of open connections. */
const CONNECTIONS = 2048;
/** Memory for uploads, in multiples of the largest allowed request. */
const UPLOADS = 8;

export type RunningServer = {
  /** http://127.0.0.1:8128 */
  readonly url: string;
  /** Rejects new requests; resolves once open ones are answered or the grace period is over. */
  readonly stop: () => Promise<void>;
};

type Starting = Pick<OperationContext, "load"> & { readonly version: string; readonly timeouts?: typeof clientTimeouts };

/** @throws FaceNetError OPTION_INVALID if the address is not available; what loading the models throws */
export async function startServer(
  options: ServeOptions,
  { load, version, timeouts = clientTimeouts }: Starting,
): Promise<RunningServer> {
  const { model, calibration, detector, threads, device, gallery, maxPixels, reports } = options;
  const photographsFolder = options.photographs ?? join(galleryFolder(gallery), "photographs");
  const settings = { model, calibration, detector, threads, device, gallery, maxPixels, photographsFolder, reports };
  await removePartialUploads(photographsFolder);
  const thumbnails = join(dirname(resolve(photographsFolder)), "thumbnails");
  const galleries = new GalleryCache();
  const jobs = new Jobs({ newId: randomUUID, now: () => new Date() });
  const halt = new AbortController();
  let stopping = false;
  let loaded = false;
  const ring = new KeyRing(options.keys ?? defaultKeyFile());
  const proxies = proxyList(options.trustProxy);
  const keysRequired = options.requireKeys || options.trustProxy.length > 0 || !isLoopback(options.host);
  if (keysRequired) await requireKey(ring, options.host);
  const now = () => performance.now();
  const queue = new WorkQueue(options.queue, now);
  const budget = byteBudget(options.maxUploadMb);
  const metrics = new Metrics({ queue, budget });
  metrics.watchProcess();
  const services: Services = {
    version,
    settings,
    facenet: () => load(options),
    borrowGallery: (name, wanted) => galleries.borrow(name, wanted),
    queue,
    budget,
    metrics,
    log: createLog(options.logLevel),
    audit: auditLog(options.audit ?? join(galleryFolder(gallery), "audit.jsonl")),
    keys: () => ring.keys(),
    keysRequired,
    origins: { hosts: serverNames(options.host, options.allowHosts), corsOrigins: new Set(options.corsOrigins) },
    proxies,
    jobs,
    page: await readPageFiles(),
    thumbnails,
    folders: options.folders,
    requestsPerMinute: options.rateLimit,
    isStopping: () => stopping,
    obstacle: async () => {
      if (stopping) return "the server is stopping";
      return loaded ? undefined : "models are loading";
    },
    now,
    halted: halt.signal,
  };
  const app = createApp(services);
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: timeouts }) as Server;
  server.maxConnections = CONNECTIONS;
  const url = await listen(server, options);
  try {
    const facenet = await load(options);
    facenet.observe((times) => metrics.observeStages(times));
    await (await galleries.borrow(gallery, { create: true }))[Symbol.asyncDispose](); // only at start: later its disk may be unmounted
    await sweep(services);
    loaded = true;
  } catch (error) {
    server.close();
    throw error;
  }
  const stop = async (): Promise<void> => {
    stopping = true;
    const jobsEnded = jobs.close();
    await close(server, options.graceSeconds * 1000, () => halt.abort(new FaceNetError("SERVER_STOPPING")));
    await jobsEnded;
    await galleries.close();
  };
  return { url, stop };
}

/** A server that requires a key is useless without one. @throws FaceNetError OPTION_INVALID */
async function requireKey(ring: KeyRing, host: string): Promise<void> {
  if ((await ring.keys()).some(({ revokedAt }) => revokedAt === null)) return;
  const reason = `${host} requires API keys, and none exists; create one with \`facenet keys create NAME\``;
  throw new FaceNetError("OPTION_INVALID", { option: "host", reason });
}

function byteBudget(maxUploadMb: number): ByteBudget {
  return new ByteBudget({ perRequest: maxUploadMb * 1e6, total: maxUploadMb * 1e6 * UPLOADS });
}

async function listen(server: Server, { host, port }: ServeOptions): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? `${port} is in use; choose another, or 0 for a free one` : reasonOf(error);
      reject(new FaceNetError("OPTION_INVALID", { option: `port at host ${host}`, reason }, error));
    });
    server.listen(port, host, resolve);
  });
  const { address, family, port: actual } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${actual}`;
}

/** Closes idle connections at once, the others after their response or at the end of the grace period. */
async function close(server: Server, graceMs: number, halt: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const late = setTimeout(() => {
    halt();
    // leaves time to send the error responses
    setTimeout(() => server.closeAllConnections(), 500).unref();
  }, graceMs);
  await closed;
  clearTimeout(late);
}
