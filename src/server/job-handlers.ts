/** Jobs over HTTP: start, list, cancel, and watch by server-sent events. */
import { realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { streamSSE } from "hono/streaming";
import { listJobs, showJob, startJob, stopJob, watchJob } from "../contract/service-calls.ts";
import { FaceNetError } from "../errors.ts";
import { jsonText } from "../files/json-text.ts";
import { cluster } from "../operations/cluster.ts";
import { index } from "../operations/index-photographs.ts";
import { callerOf, requireScope } from "./authentication.ts";
import { operationHandler, serviceHandler } from "./route.ts";
import type { Services } from "./services.ts";
import { withoutPaths } from "./shown-paths.ts";

const operations = {
  index: operationHandler(index, { fixed: { watch: false, poll: undefined } }),
  cluster: operationHandler(cluster, {}),
};

export function jobHandlers({ jobs, folders }: Pick<Services, "jobs" | "folders">) {
  return {
    startJob: serviceHandler(startJob, async ({ operation, input: given }, request) => {
      if (operation === "index") requireScope(callerOf(request.c), "admin");
      const input = operation === "index" ? { ...given, paths: await allowedPaths(given.paths, folders) } : given;
      return jobs.start(operation, (signal, onProgress) =>
        operations[operation].run({ ...request, input, context: { ...request.context, signal, onProgress } }),
      );
    }),
    jobs: serviceHandler(listJobs, () => ({ jobs: jobs.list() })),
    job: serviceHandler(showJob, ({ id }) => jobs.get(id)),
    stopJob: serviceHandler(stopJob, ({ id }) => jobs.cancel(id)),
    watchJob: serviceHandler(watchJob, ({ id }, { c }) => {
      const changes = jobs.watch(jobs.get(id).id, c.req.raw.signal);
      return streamSSE(c, async (stream) => {
        let count = 0;
        for await (const job of changes)
          await stream.writeSSE({ event: "job", id: String(count++), data: jsonText(withoutPaths(job)) });
      });
    }),
  };
}

/**
 * Restricts the paths of a request to the folders given with `--folders`. Symbolic links are resolved first, so none leads
 * outside.
 *
 * @returns the real paths
 * @throws FaceNetError OPTION_INVALID, the same for a missing path and a forbidden one
 */
export async function allowedPaths(paths: readonly string[], folders: readonly string[]): Promise<string[]> {
  const roots = await Promise.all(folders.map((folder) => realpath(resolve(folder)).catch(() => undefined)));
  return Promise.all(
    paths.map(async (path) => {
      const real = await realpath(resolve(path)).catch(() => undefined);
      const isBelow = roots.some(
        (root) => root !== undefined && real !== undefined && `${real}${sep}`.startsWith(root.endsWith(sep) ? root : root + sep),
      );
      if (real !== undefined && isBelow) return real;
      const reason = `${path} is outside the folders that this server may index (option folders)`;
      throw new FaceNetError("OPTION_INVALID", { option: "paths", reason });
    }),
  );
}
