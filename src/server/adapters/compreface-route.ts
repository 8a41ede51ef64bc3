import type * as z from "zod";
import type { RouteShape } from "../../contract/route-shape.ts";
import type { Handler, Route } from "../route.ts";

type Own = "name" | "method" | "path" | "alias" | "scope" | "audited" | "photographs" | "bodyField" | "status" | "answer";

/**
 * A route below /api/v1; photographs may be base64. Answer fields beyond the output schema, such as ids, go to the audit log
 * only.
 */
export function comprefaceRoute({
  path,
  alias,
  ...route
}: Pick<RouteShape & { name: string }, Own> &
  Pick<Handler, "summary" | "input" | "run"> & { readonly output: z.ZodType }): Route {
  return {
    ...route,
    path: `/api/v1${path}`,
    ...(alias !== undefined && { alias: `/api/v1${alias}` }),
    tag: "CompreFace",
    acceptsText: route.photographs !== undefined,
    several: [],
    hasRecords: false,
    present: (answer) => (answer instanceof Response ? answer : route.output.parse(answer)),
  };
}
