/** The service without a port: real models, and options of tests. */
import { randomUUID } from "node:crypto";
import { BlockList } from "node:net";
import type { Hono } from "hono";
import { pino } from "pino";
import { FaceNet } from "../../src/faces/facenet.ts";
import { borrowGallery } from "../../src/gallery/access/borrow-gallery.ts";
import { GalleryCache } from "../../src/gallery/access/gallery-cache.ts";
import type { Env } from "../../src/server/authentication.ts";
import { serverNames } from "../../src/server/browser-guard.ts";
import { createApp } from "../../src/server/create-app.ts";
import { Jobs } from "../../src/server/jobs.ts";
import { ByteBudget, WorkQueue } from "../../src/server/load-limits.ts";
import { Metrics } from "../../src/server/metrics.ts";
import type { Services } from "../../src/server/services.ts";

export type TestApp = { readonly app: Hono<Env>; readonly dispose: () => Promise<void> };

export async function createTestApp(changes: Partial<Services> = {}): Promise<TestApp> {
  const facenet = await FaceNet.load({ threads: 1 });
  const galleries = new GalleryCache();
  const app = createApp({
    ...testServices(facenet),
    borrowGallery: (name) => galleries.borrow(name, { create: true }),
    ...changes,
  });
  const dispose = async () => {
    await galleries.close();
    await facenet.dispose();
  };
  return { app, dispose };
}

export function testServices(facenet: FaceNet): Services {
  const queue = new WorkQueue(16, () => performance.now());
  const budget = new ByteBudget({ perRequest: 20_000_000, total: 100_000_000 });
  return {
    version: "0.0.0",
    settings: {
      model: facenet.model.id,
      detector: facenet.detector.id,
      threads: 1,
      device: "cpu",
      maxPixels: 10_000_000,
      reports: [],
    },
    facenet: async () => facenet,
    borrowGallery,
    queue,
    budget,
    metrics: new Metrics({ queue, budget }),
    log: pino({ level: "silent" }),
    audit: async () => undefined,
    keys: async () => [],
    keysRequired: false,
    origins: { hosts: serverNames("127.0.0.1", []), corsOrigins: new Set() },
    proxies: new BlockList(),
    jobs: new Jobs({ newId: randomUUID, now: () => new Date() }),
    page: new Map(),
    folders: [],
    requestsPerMinute: 0,
    isStopping: () => false,
    obstacle: async () => undefined,
    now: () => performance.now(),
    halted: new AbortController().signal,
  };
}
