import type { Scope } from "../schemas/api-key.ts";

/** Who sends a request: the holder of a key, or whoever uses this machine. */
export type Caller = { readonly id: string; readonly scope: Scope };

/** What hono knows of a request; `caller` and `route` from where they are found out. */
export type Env = { Variables: { requestId: string; caller: Caller | undefined; route: string | undefined } };
