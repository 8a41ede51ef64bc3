/** What the routes of one server share. */
import type { FaceNet } from "../pipeline/facenet.ts";
import type { Scope } from "../schemas/api-key.ts";
import type { ByteBudget } from "./byte-budget.ts";
import type { Settings } from "./route.ts";
import type { WorkQueue } from "./work-queue.ts";

/** Who sends a request: the holder of a key, or whoever uses this machine. */
export type Caller = { readonly id: string; readonly scope: Scope };

export type Services = {
  readonly version: string;
  readonly settings: Settings;
  /** The one that all requests share. */
  readonly facenet: () => Promise<FaceNet>;
  readonly queue: WorkQueue;
  readonly budget: ByteBudget;
  /** True from the moment that the server is asked to stop. */
  readonly isStopping: () => boolean;
  /** What keeps the server from answering, in words; undefined when nothing does. */
  readonly obstacle: () => Promise<string | undefined>;
  /** milliseconds, from any start */
  readonly now: () => number;
  /** Ends the work of all requests when the server has waited long enough. */
  readonly halted: AbortSignal;
};

/** What hono knows of a request. */
export type Env = { Variables: { requestId: string; caller: Caller; route: string } };
