/** Summaries of reports for a list: title, state, main figures. */
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import type { ListedReport, ReportFigure } from "../../schemas/report.ts";
import type { TrainingConfiguration } from "../../schemas/training.ts";
import { readCheckpointHeader } from "../../training/run/training-folder.ts";
import { parseLogLine, type TrainingLogLine } from "../../training/run/training-log.ts";
import { type FoundReport, type FoundTraining, pageOf } from "./find-reports.ts";

/** Bytes read at a time, from the end of a log backwards. */
const CHUNK = 1 << 18;

type StepLine = Extract<TrainingLogLine, { kind: "step" }>;
type HeldOutLine = Extract<TrainingLogLine, { kind: "held-out" }>;

/** @param now milliseconds since 1970 */
export async function describeReport(report: FoundReport, now: number): Promise<ListedReport> {
  if (report.kind === "training") return describeTraining(report, now);
  const { id, kind, page, about } = report;
  const at = new Date(await lastChange(page)).toISOString();
  return { id, kind, name: about.title, subject: about.subject, state: "finished", at, figures: about.figures, hasPage: true };
}

async function describeTraining(training: FoundTraining, now: number): Promise<ListedReport> {
  const { id, kind, folder, log } = training;
  const { step, heldOut } = await lastLines(log);
  const configuration = await readConfiguration(training);
  const stepMs = step ? (1000 * step.images) / step.imagesPerSecond : 0;
  const state = await trainingState(training, stepMs, now);
  const strictest = heldOut?.val.at(-1);
  const figures: ReportFigure[] = [
    ...(step ? [{ name: "step" as const, value: step.step, at: configuration?.steps ?? null }] : []),
    ...(step ? [{ name: "loss" as const, value: step.loss, at: null }] : []),
    ...(heldOut ? [{ name: "accuracy" as const, value: heldOut.accuracy, at: null }] : []),
    ...(strictest ? [{ name: "val" as const, value: strictest.val, at: strictest.far }] : []),
  ];
  return {
    id,
    kind,
    name: basename(folder),
    subject: configuration?.network ?? null,
    state,
    at: new Date(await lastChange(log)).toISOString(),
    figures,
    hasPage: state === "finished" && (await pageOf(training)) !== undefined,
  };
}

/** Last training step and last held-out evaluation, without reading a large log completely. */
async function lastLines(log: string): Promise<{ step: StepLine | undefined; heldOut: HeldOutLine | undefined }> {
  await using file = await open(log);
  let [step, heldOut]: [StepLine?, HeldOutLine?] = [];
  let rest = "";
  for (let end = (await file.stat()).size; end > 0 && !(step && heldOut); end -= CHUNK) {
    const start = Math.max(0, end - CHUNK);
    const { buffer, bytesRead } = await file.read(new Uint8Array(end - start), 0, end - start, start);
    // latin1 keeps single bytes: a chunk may split a UTF-8 character, which is decoded with its complete line
    const lines = (Buffer.from(buffer.subarray(0, bytesRead)).toString("latin1") + rest).split("\n");
    rest = start > 0 ? (lines.shift() ?? "") : "";
    for (const text of lines.reverse()) {
      const isWanted: boolean = (!step && text.includes('"kind":"step"')) || (!heldOut && text.includes('"kind":"held-out"'));
      const line: TrainingLogLine | undefined = isWanted ? parseLogLine(text) : undefined;
      if (line?.kind === "step") step ??= line;
      if (line?.kind === "held-out") heldOut ??= line;
    }
  }
  return { step, heldOut };
}

/** A run counts as stopped after this time without output: at least QUIET_MS, and as long as QUIET_STEPS of its steps. */
const QUIET_MS = 120_000;
const QUIET_STEPS = 20;

/**
 * A run is finished once its report exists; the report is written last.
 *
 * @param stepMs duration of a step
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

/** Modification time of a file, milliseconds since 1970; -Infinity if it does not exist. */
export async function lastChange(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}

/** Configuration of the run, from the header of its checkpoint; undefined without one. */
export async function readConfiguration({
  checkpoint,
}: Pick<FoundTraining, "checkpoint">): Promise<TrainingConfiguration | undefined> {
  return (await readCheckpointHeader(checkpoint))?.configuration;
}
