/** Reports found, listed, shown and followed, in folders as `facenet evaluate` and `facenet train` leave them. */
import { appendFile, mkdir, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { sampleClustering, sampleIdentification, sampleVerification } from "../../../test/evaluation/sample-evaluation.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { borrowGallery } from "../../gallery/access/borrow-gallery.ts";
import { evaluationReport } from "../../reports/evaluation/evaluation-report.ts";
import { findReport, findReports } from "../../reports/finding/find-reports.ts";
import { followTraining } from "../../reports/finding/follow-training.ts";
import type { TrainingCurves } from "../../schemas/report.ts";
import { trainingDefaults } from "../../schemas/training.ts";
import { encodeCheckpoint } from "../../training/checkpoint.ts";
import type { TrainingLogLine } from "../../training/run/training-log.ts";
import type { OperationContext } from "../operation.ts";
import { listReports } from "./list-reports.ts";
import { showReport } from "./show-report.ts";

const context: OperationContext = {
  load: () => Promise.reject(new Error("no model is needed")),
  borrowGallery,
  signal: new AbortController().signal,
  onProgress: () => undefined,
};
const rest = { comparisons: [], cards: [], thumbnails: new Map<string, string>() };

let root: string;
beforeEach(async () => {
  root = await temporaryFolder("reports");
});

const step = (number: number, loss = 0.2): TrainingLogLine => ({
  kind: "step",
  step: number,
  epoch: number / 10,
  loss,
  learningRate: 0.05,
  images: 100,
  pairs: 500,
  triplets: 400,
  active: 300,
  positiveDistance: 0.5,
  negativeDistance: 1,
  imagesPerSecond: 50,
  waitedMs: 0,
});
const heldOut = (at: number, accuracy: number): TrainingLogLine => ({
  ...{ kind: "held-out", step: at, people: 30, faces: 600, accuracy, auc: 0.65, eer: 0.4 },
  val: [
    { far: 0.1, val: 0.5 },
    { far: 0.01, val: 0.25 },
  ],
});
const textOf = (...lines: readonly TrainingLogLine[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

async function writeTraining(name: string, ...lines: readonly TrainingLogLine[]): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "train.jsonl"), textOf(...lines));
  const configuration = { ...trainingDefaults, augment: [...trainingDefaults.augment], network: "nn4-small", steps: 500 };
  const checkpoint = { configuration, step: 0, trainer: { steps: 0, tensors: new Map([["w", new Float32Array(3)]]) } };
  const faces = { folder: "faces", aligned: false };
  await writeFile(join(folder, "checkpoint.safetensors"), encodeCheckpoint({ ...checkpoint, learned: new Map(), faces }));
  return folder;
}

async function writeEvaluation(
  name: string,
  evaluation = sampleVerification("architecture.one"),
  dataset = "lfw",
): Promise<void> {
  await writeFile(join(root, name), evaluationReport({ evaluations: [evaluation], dataset, ...rest }));
}

describe("listReports", () => {
  it("lists evaluations with their main figures, as their pages give them", async () => {
    const evaluation = sampleVerification("architecture.one");
    await writeEvaluation("a.html", evaluation, 'a "quoted" <set>');
    const { reports } = await listReports.run({ reports: [root] }, context);
    expect(reports).toMatchObject([
      {
        kind: "evaluation",
        name: "Evaluation of architecture.one",
        subject: 'a "quoted" <set>',
        state: "finished",
        hasPage: true,
        figures: expect.arrayContaining([
          { name: "accuracy", value: evaluation.accuracy.mean, at: null },
          { name: "val", value: evaluation.val.at(-1)?.mean, at: evaluation.val.at(-1)?.far },
        ]),
      },
    ]);
    expect(reports[0]?.id).toMatch(/^[0-9a-f]{16}$/);
  });

  it("knows the figures of every protocol, and of several models how many they are", async () => {
    const pages = {
      "people.html": [sampleIdentification],
      "groups.html": [sampleClustering],
      "two.html": [sampleVerification("architecture.one"), sampleVerification("architecture.two")],
    };
    for (const [name, evaluations] of Object.entries(pages))
      await writeFile(join(root, name), evaluationReport({ evaluations, dataset: name, ...rest }));
    const { reports } = await listReports.run({ reports: [root] }, context);
    const figures = Object.fromEntries(reports.map(({ subject, figures }) => [subject, figures.map(({ name }) => name)]));
    expect(figures).toEqual({
      "people.html": ["known-named", "strangers-named", "people", "images"],
      "groups.html": ["b-cubed-f", "pairwise-f", "people", "images"],
      "two.html": ["models", "people", "images"],
    });
  });

  it("tells of a training how far it is, and whether it goes on, has stopped or has finished", async () => {
    const folder = await writeTraining("first", heldOut(0, 0.5), step(1), heldOut(1, 0.75), step(2, 0.125));
    const listed = async () => (await listReports.run({ reports: [root] }, context)).reports[0];
    expect(await listed()).toMatchObject({
      ...{ kind: "training", name: "first", subject: "nn4-small", state: "running", hasPage: false },
      figures: [
        { name: "step", value: 2, at: 500 },
        { name: "loss", value: 0.125, at: null },
        { name: "accuracy", value: 0.75, at: null },
        { name: "val", value: 0.25, at: 0.01 },
      ],
    });
    const long = new Date(Date.now() - 3_600_000);
    await utimes(join(folder, "train.jsonl"), long, long);
    expect(await listed()).toMatchObject({ state: "stopped" });
    await writeFile(join(folder, "report.html"), "<!doctype html>");
    expect(await listed()).toMatchObject({ state: "finished", hasPage: true });
    await appendFile(join(folder, "train.jsonl"), textOf(step(3))); // gone on with
    const soon = new Date(Date.now() + 5000);
    await utimes(join(folder, "train.jsonl"), soon, soon);
    expect(await listed()).toMatchObject({ state: "running", hasPage: false });
  });

  it("finds the last look at the held-out people far from the end of a long log", async () => {
    const names = { kind: "unreadable", step: 1, code: "IMAGE_CORRUPT", message: "é".repeat(100), image: "日本.jpg" } as const;
    const long = Array.from({ length: 3000 }, (_, i) => (i % 50 === 0 ? { ...names, step: i + 2 } : step(i + 2)));
    await writeTraining("long", heldOut(0, 0.5), heldOut(1, 0.875), ...long);
    const { reports } = await listReports.run({ reports: [root] }, context);
    expect(reports[0]?.figures.map(({ value }) => value)).toEqual([3001, 0.2, 0.875, 0.25]);
  });

  it("shows nothing but reports, none by a link, and bears folders that are not there", async () => {
    await writeEvaluation("real.html");
    await writeFile(join(root, "other.html"), "<!doctype html><title>facenet: other</title>");
    await writeFile(join(root, "damaged.html"), '<meta name="facenet-report" content="{">');
    const outside = await temporaryFolder("outside");
    await writeFile(join(outside, "train.jsonl"), textOf(step(1)));
    await symlink(outside, join(root, "link"));
    await symlink(join(root, "real.html"), join(root, "again.html"));
    expect(await findReports([root, join(root, "none"), root])).toHaveLength(1);
  });
});

describe("showReport", () => {
  it("gives the curves and the settings of a training", async () => {
    await writeTraining("first", heldOut(0, 0.5), step(1), { kind: "advice", step: 1, advice: "less" }, step(2));
    const [found] = await findReports([root]);
    const shown = await showReport.run({ report: found?.id ?? "", points: 10, reports: [root] }, context);
    expect(shown.configuration?.network).toBe("nn4-small");
    expect(shown.curves).toMatchObject({
      total: 500,
      points: { from: 0, items: [{ step: 1 }, { step: 2 }] },
      heldOut: { from: 0, items: [{ step: 0, accuracy: 0.5 }] },
      advice: { from: 0, items: [{ step: 1, advice: "less" }] },
    });
  });

  it.each(["", "..", "../first", "first", "0".repeat(16)])("knows no report %j", async (id) => {
    await writeTraining("first", step(1));
    await expect(findReport([root], id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("followTraining", () => {
  const follow = async (folder: string) => {
    const [report] = await findReports([folder]);
    if (report?.kind !== "training") throw new Error("no training");
    const ended = new AbortController();
    const options = { points: 100, everyMs: 5, signal: ended.signal, isEnding: () => false, now: Date.now };
    return { changes: followTraining(report, options), end: () => ended.abort() };
  };
  const steps = (result: IteratorResult<TrainingCurves>) =>
    result.done ? undefined : { from: result.value.points.from, steps: result.value.points.items.map(({ step }) => step) };

  it("tells what is written meanwhile: whole lines only, once each, from the start after a new beginning", async () => {
    const folder = await writeTraining("first", heldOut(0, 0.5), step(1));
    const log = join(folder, "train.jsonl");
    const { changes, end } = await follow(root);
    expect(steps(await changes.next())).toEqual({ from: 0, steps: [1] });
    const [second = "", third = ""] = [textOf(step(2)), textOf(step(3))];
    await appendFile(log, second + third.slice(0, 40));
    expect(steps(await changes.next())).toEqual({ from: 1, steps: [2] });
    await appendFile(log, third.slice(40));
    expect(steps(await changes.next())).toEqual({ from: 2, steps: [3] });
    await writeFile(join(folder, "new"), textOf(step(1), step(2)));
    await rename(join(folder, "new"), log); // as a training that is gone on with writes it
    expect(steps(await changes.next())).toEqual({ from: 0, steps: [1, 2] });
    end();
    expect(await changes.next()).toEqual({ done: true, value: undefined });
  });

  it("ends when the training has finished", async () => {
    const folder = await writeTraining("first", step(1));
    const { changes } = await follow(root);
    await changes.next();
    await appendFile(join(folder, "train.jsonl"), textOf(step(2)));
    await writeFile(join(folder, "report.html"), "<!doctype html>");
    const states: string[] = [];
    for await (const { state } of changes) states.push(state);
    expect(states.at(-1)).toBe("finished");
  });
});
