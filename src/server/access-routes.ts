/** What a caller may do: asked by the page before anything else. */
import type { Context } from "hono";
import * as z from "zod";
import { Scope } from "../schemas/api-key.ts";
import { callerOf } from "./authentication.ts";
import type { Env } from "./env.ts";
import type { OtherRoute } from "./openapi-document.ts";
import { json } from "./operation-handler.ts";
import type { Services } from "./services.ts";

const Access = z
  .object({
    keyNeeded: z.boolean().describe("the server answers nobody without a key"),
    name: z.string().nullable().describe("of the caller's key; null without one"),
    scope: Scope,
  })
  .meta({ id: "Access" });

export type AccessRoute = OtherRoute & { readonly handle: (c: Context<Env>) => Promise<Response> };

export function accessRoutes({ keys, keysRequired }: Pick<Services, "keys" | "keysRequired">): AccessRoute[] {
  return [
    {
      method: "get",
      path: "/v1/access",
      summary: "What the caller may do",
      tags: ["server"],
      security: [{ key: [] }],
      responses: { 200: { description: "the scope of the key", content: { "application/json": { schema: Access } } } },
      handle: async (c) => {
        c.set("route", "/v1/access");
        const { id, scope } = callerOf(c);
        const name = (await keys()).find((key) => key.id === id)?.name ?? null;
        return json({ keyNeeded: keysRequired, name, scope });
      },
    },
  ];
}
