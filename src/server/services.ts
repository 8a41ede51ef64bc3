/** What the routes of one server share. */
import type { Logger } from "pino";
import type { FaceNet } from "../faces/facenet.ts";
import type { BorrowGallery } from "../gallery/access/borrow-gallery.ts";
import type { KeyFile } from "../schemas/api-key.ts";
import type { LookUp } from "./audit-record.ts";
import type { ByteBudget } from "./byte-budget.ts";
import type { Jobs } from "./jobs.ts";
import type { Metrics } from "./metrics.ts";
import type { OriginOptions } from "./origin-guard.ts";
import type { PageFiles } from "./page-files.ts";
import type { Settings } from "./route.ts";
import type { WorkQueue } from "./work-queue.ts";

export type Services = {
  readonly version: string;
  readonly settings: Settings;
  /** The one that all requests share. */
  readonly facenet: () => Promise<FaceNet>;
  /** Galleries, kept open for all requests. */
  readonly borrowGallery: BorrowGallery;
  readonly queue: WorkQueue;
  readonly budget: ByteBudget;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Writes down who looked up whom. */
  readonly audit: (lookUp: LookUp) => Promise<void>;
  readonly keys: () => Promise<KeyFile["keys"]>;
  readonly keysRequired: boolean;
  readonly origins: OriginOptions;
  readonly jobs: Jobs;
  readonly page: PageFiles;
  /** Folders of this machine that may be indexed by request. */
  readonly folders: readonly string[];
  /** Requests a minute of one caller; 0: no limit. */
  readonly requestsPerMinute: number;
  /** True from the moment that the server is asked to stop. */
  readonly isStopping: () => boolean;
  /** What keeps the server from answering, in words; undefined when nothing does. */
  readonly obstacle: () => Promise<string | undefined>;
  /** milliseconds, from any start */
  readonly now: () => number;
  /** Ends the work of all requests when the server has waited long enough. */
  readonly halted: AbortSignal;
};
