/** Is the server there, and can it work? Asked by those who watch over it, without a key. */
import type { Handler } from "hono";
import * as z from "zod";
import type { Env } from "./env.ts";
import type { OtherRoute } from "./openapi-document.ts";
import { json } from "./operation-handler.ts";
import type { Services } from "./services.ts";

const Health = z.object({ status: z.literal("ok"), version: z.string() }).meta({ id: "Health" });
const Ready = z
  .object({ ready: z.boolean(), reason: z.string().nullable().describe("what keeps the server from answering") })
  .meta({ id: "Ready" });

export type HealthRoute = OtherRoute & { readonly handle: Handler<Env> };

export function healthRoutes({ version, obstacle }: Pick<Services, "version" | "obstacle">): HealthRoute[] {
  const content = (schema: z.ZodType) => ({ content: { "application/json": { schema } } });
  const health = (path: string): HealthRoute => ({
    method: "get",
    path,
    summary: "The process answers",
    tags: ["server"],
    responses: { 200: { description: "it does", ...content(Health) } },
    handle: () => json({ status: "ok", version }),
  });
  const ready = (path: string): HealthRoute => ({
    method: "get",
    path,
    summary: "Models are loaded and the gallery can be read",
    tags: ["server"],
    responses: { 200: { description: "ready", ...content(Ready) }, 503: { description: "not ready", ...content(Ready) } },
    handle: async () => {
      const reason = (await obstacle()) ?? null;
      return json({ ready: reason === null, reason }, reason === null ? 200 : 503);
    },
  });
  return [health("/health"), health("/v1/health"), ready("/ready"), ready("/v1/ready")];
}
