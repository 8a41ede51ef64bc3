/**
 * Finds reports in configured folders: pages of `facenet evaluate --report`, and output folders of `facenet train --output`.
 * Their ids are derived from their location; no path is ever taken from a request.
 */
import { createHash } from "node:crypto";
import { opendir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { FaceNetError } from "../../errors.ts";
import { readFileStart } from "../../files/read-file.ts";
import { ReportAbout } from "../../schemas/report.ts";

export type FoundEvaluation = {
  readonly kind: "evaluation";
  readonly id: string;
  readonly page: string;
  readonly about: ReportAbout;
};
export type FoundTraining = {
  readonly kind: "training";
  readonly id: string;
  readonly folder: string;
  readonly log: string;
  readonly checkpoint: string;
  /** Path of its page, which may not exist yet. */
  readonly page: string;
};
export type FoundReport = FoundEvaluation | FoundTraining;

/** Maximum depth of folders, and maximum number of entries in total. */
const DEPTH = 3;
const ENTRIES = 20_000;
/** Bytes at the start of a page that contain its description. */
const HEAD = 16_384;

/** Links are not followed, so reports outside the folders are never found. An unreadable folder has no reports. */
export async function findReports(folders: readonly string[]): Promise<FoundReport[]> {
  const found = new Map<string, FoundReport>();
  const budget = { left: ENTRIES };
  for (const folder of folders) {
    const real = await realpath(folder).catch(() => undefined);
    if (real === undefined) continue;
    for await (const report of reportsIn(real, DEPTH, budget)) found.set(report.id, report);
  }
  return [...found.values()];
}

/** @throws FaceNetError NOT_FOUND */
export async function findReport(folders: readonly string[], id: string): Promise<FoundReport> {
  const report = (await findReports(folders)).find((one) => one.id === id);
  if (!report) throw new FaceNetError("NOT_FOUND", { what: "report", id });
  return report;
}

/** Undefined for a training run in progress, whose page is written at the end. */
export async function pageOf({ page }: FoundReport): Promise<string | undefined> {
  return (await stat(page).catch(() => undefined))?.isFile() ? page : undefined;
}

async function* reportsIn(folder: string, depth: number, budget: { left: number }): AsyncGenerator<FoundReport> {
  const names: string[] = [];
  const folders: string[] = [];
  const entries = await opendir(folder).catch(() => undefined);
  for await (const entry of entries ?? []) {
    if (budget.left-- <= 0) break;
    if (entry.isFile()) names.push(entry.name);
    else if (entry.isDirectory() && !entry.name.startsWith(".")) folders.push(entry.name);
  }
  const isTraining = names.includes("train.jsonl");
  if (isTraining) {
    yield {
      kind: "training",
      id: idOf(folder),
      folder,
      log: join(folder, "train.jsonl"),
      checkpoint: join(folder, "checkpoint.safetensors"),
      page: join(folder, "report.html"),
    };
  }
  for (const name of names.filter((one) => one.endsWith(".html"))) {
    const page = join(folder, name);
    const about = await aboutOf(page);
    if (about) yield { kind: "evaluation", id: idOf(page), page, about };
  }
  if (depth === 0 || isTraining) return; // a training run has many face crops
  for (const name of folders) yield* reportsIn(join(folder, name), depth - 1, budget);
}

function idOf(path: string): string {
  return createHash("sha256").update(path).digest("hex").slice(0, 16);
}

/** Undefined for a page that is not a facenet report. */
async function aboutOf(page: string): Promise<ReportAbout | undefined> {
  const head = Buffer.from(await readFileStart(page, HEAD).catch(() => new Uint8Array())).toString("utf8");
  const [, escaped] = /<meta name="facenet-report" content="([^"]*)">/.exec(head) ?? [];
  if (escaped === undefined) return undefined;
  const text = escaped.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  try {
    return ReportAbout.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
