/** Opens the port, and closes it so that nothing that was begun is lost. */
import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { FaceNetError, reasonOf } from "../errors.ts";
import { KeptGalleries } from "../gallery/access/kept-galleries.ts";
import { defaultGallery } from "../gallery/access/open-gallery.ts";
import { removePartialPhotographs } from "../gallery/indexing/keep-photographs.ts";
import { KeyRing } from "../keys/key-file.ts";
import { defaultKeyFile } from "../operations/key-options.ts";
import type { OperationContext } from "../operations/operation.ts";
import { auditRecord } from "./audit-record.ts";
import { ByteBudget } from "./byte-budget.ts";
import { createApp } from "./create-app.ts";
import { Jobs } from "./jobs.ts";
import { Metrics } from "./metrics.ts";
import { isLoopback, serverNames } from "./origin-guard.ts";
import { readPageFiles } from "./page-files.ts";
import { createLog } from "./request-log.ts";
import type { ServeOptions } from "./serve-options.ts";
import type { Services } from "./services.ts";
import { WorkQueue } from "./work-queue.ts";

/**
 * Slow clients: time to send the headers, a whole request, and to be silent on an open connection, ms. The last is longer than
 * proxies keep theirs (nginx 60 s): who closes first must be who sends the next request, or that one is lost now and then.
 */
const timeouts = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 72_000 };
/** Connections at once. */
const CONNECTIONS = 2048;
/** Bytes of uploads held at once, as so many of the largest allowed request. */
const UPLOADS = 8;

export type RunningServer = {
  /** http://127.0.0.1:8128 */
  readonly url: string;
  /** Takes no more requests, ends when those that are open have been answered or the time of grace is over. */
  readonly stop: () => Promise<void>;
};

/**
 * @throws FaceNetError OPTION_INVALID when the address cannot be had; what loading the models throws
 */
export async function startServer(
  options: ServeOptions,
  { load, version }: Pick<OperationContext, "load"> & { readonly version: string },
): Promise<RunningServer> {
  const { model, calibration, detector, threads, device, gallery, maxPixels, reports } = options;
  const photographsFolder = options.photographs ?? join(dirname(defaultGallery()), "photographs");
  const settings = { model, calibration, detector, threads, device, gallery, maxPixels, photographsFolder, reports };
  await removePartialPhotographs(photographsFolder);
  const galleries = new KeptGalleries();
  const jobs = new Jobs({ newId: randomUUID, now: () => new Date() });
  const halt = new AbortController();
  let stopping = false;
  let loaded = false;
  const ring = new KeyRing(options.keys ?? defaultKeyFile());
  const keysRequired = options.requireKeys || !isLoopback(options.host);
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
    borrowGallery: (name) => galleries.borrow(name),
    queue,
    budget,
    metrics,
    log: createLog(options.logLevel),
    audit: auditRecord(options.audit ?? join(dirname(defaultGallery()), "audit.jsonl")),
    keys: () => ring.keys(),
    keysRequired,
    origins: { hosts: serverNames(options.host, options.allowHosts), corsOrigins: new Set(options.corsOrigins) },
    jobs,
    page: await readPageFiles(),
    folders: options.folders,
    requestsPerMinute: options.rateLimit,
    isStopping: () => stopping,
    obstacle: async () => {
      if (stopping) return "the server is about to stop";
      return loaded ? undefined : "models are being loaded";
    },
    now,
    halted: halt.signal,
  };
  const app = createApp(services);
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  Object.assign(server, timeouts, { maxConnections: CONNECTIONS });
  const url = await listen(server, options);
  try {
    const facenet = await load(options);
    facenet.observe((times) => metrics.observeStages(times));
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

/** @throws FaceNetError OPTION_INVALID where nobody could use the server */
async function requireKey(ring: KeyRing, host: string): Promise<void> {
  if ((await ring.keys()).some(({ revokedAt }) => revokedAt === null)) return;
  const reason = `${host} asks for API keys, and there are none; \`facenet keys create NAME\` makes one`;
  throw new FaceNetError("OPTION_INVALID", { option: "host (--host)", reason });
}

function byteBudget(maxUploadMb: number): ByteBudget {
  return new ByteBudget({ perRequest: maxUploadMb * 1e6, total: maxUploadMb * 1e6 * UPLOADS });
}

async function listen(server: Server, { host, port }: ServeOptions): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? `${port} is in use; choose another, or 0 for any` : reasonOf(error);
      reject(new FaceNetError("OPTION_INVALID", { option: `port (--port) at host ${host}`, reason }, error));
    });
    server.listen(port, host, resolve);
  });
  const { address, family, port: actual } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${actual}`;
}

/** Connections without a request end at once, the others with their answer or when the time is over. */
async function close(server: Server, graceMs: number, halt: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const late = setTimeout(() => {
    halt();
    // Their answers, that the server stops, have a moment to leave.
    setTimeout(() => server.closeAllConnections(), 500).unref();
  }, graceMs);
  await closed;
  clearTimeout(late);
}
