/** How a training stands, by what it has written; the program that trains need not be asked. */
import { stat } from "node:fs/promises";
import type { ListedReport } from "../../schemas/report.ts";
import { TrainingConfiguration } from "../../schemas/training.ts";
import { readSafetensorsMetadata } from "../../training/safetensors.ts";
import type { FoundTraining } from "./find-reports.ts";
import { readFileStart } from "./read-file-start.ts";

/** One that has not written for so long is taken for stopped: at least, and as so many of its steps. */
const QUIET_MS = 120_000;
const QUIET_STEPS = 20;

/**
 * Finished: its page is written after the last line of its log.
 *
 * @param stepMs what a step of it takes
 * @param now milliseconds since 1970
 */
export async function trainingState(
  { log, page }: Pick<FoundTraining, "log" | "page">,
  stepMs: number,
  now: number,
): Promise<ListedReport["state"]> {
  const logged = await lastChange(log);
  if ((await lastChange(page)) >= logged) return "finished";
  return now - logged <= Math.max(QUIET_MS, QUIET_STEPS * stepMs) ? "running" : "stopped";
}

/** When a file was last written, milliseconds since 1970; long ago for one that is not there. */
export async function lastChange(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}

/** What it was begun with, from the head of its checkpoint; undefined where there is none. */
export async function readConfiguration({
  checkpoint,
}: Pick<FoundTraining, "checkpoint">): Promise<TrainingConfiguration | undefined> {
  try {
    const { configuration = "" } = await readSafetensorsMetadata((bytes) => readFileStart(checkpoint, bytes));
    return TrainingConfiguration.parse(JSON.parse(configuration));
  } catch {
    return undefined;
  }
}
