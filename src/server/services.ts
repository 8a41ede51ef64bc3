/** Services shared by all routes. */
import type { BlockList } from "node:net";
import type { Logger } from "pino";
import type { FaceNet } from "../faces/facenet.ts";
import type { BorrowGallery } from "../gallery/access/borrow-gallery.ts";
import type { AuthenticationOptions } from "./authentication.ts";
import type { OriginOptions } from "./browser-guard.ts";
import type { Jobs } from "./jobs.ts";
import type { ByteBudget, WorkQueue } from "./load-limits.ts";
import type { AuditEntry } from "./logs.ts";
import type { Metrics } from "./metrics.ts";
import type { PageFiles } from "./page-files.ts";
import type { Settings } from "./route.ts";

export type Services = AuthenticationOptions & {
  readonly version: string;
  readonly settings: Settings;
  /** Models, shared by all requests. */
  readonly facenet: () => Promise<FaceNet>;
  /** Galleries, kept open between requests. */
  readonly borrowGallery: BorrowGallery;
  readonly queue: WorkQueue;
  readonly budget: ByteBudget;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly audit: (entry: AuditEntry) => Promise<void>;
  readonly origins: OriginOptions;
  /** Proxies whose X-Forwarded-For is trusted. */
  readonly proxies: BlockList;
  readonly jobs: Jobs;
  readonly page: PageFiles;
  /** Cache folder of small pictures; undefined disables the cache. */
  readonly thumbnails?: string | undefined;
  /** Folders of the server that requests may index. */
  readonly folders: readonly string[];
  /** True once shutdown has begun. */
  readonly isStopping: () => boolean;
  /** Why the server is not ready; undefined when it is. */
  readonly obstacle: () => Promise<string | undefined>;
  /** Aborts the work of all requests at the end of the grace period. */
  readonly halted: AbortSignal;
};
