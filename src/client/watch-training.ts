/** Curves of a training as it goes on. */
import type { TrainingCurves } from "../schemas/report.ts";
import type { CallOptions, ClientOptions } from "./create-client.ts";
import { watchEvents } from "./watch-events.ts";

export type { TrainingCurves } from "../schemas/report.ts";

/**
 * All of the curves, then what has changed, until the training has ended: what is kept from `from` on is replaced by `items`.
 *
 * @param report its id, as `client.reports()` lists it
 * @example for await (const { points } of watchTraining(id, { url })) curve.splice(points.from, Infinity, ...points.items);
 */
export function watchTraining(report: string, options: ClientOptions & CallOptions): AsyncGenerator<TrainingCurves> {
  return watchEvents(`/v1/reports/${encodeURIComponent(report)}/events`, options);
}
