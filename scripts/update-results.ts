/**
 * Writes docs/results/lfw from an evaluation of Labeled Faces in the Wild:
 *
 *     facenet evaluate --images lfw/images --pairs lfw/pairs.txt --model sface.opencv-128,mobilefacenet.facenet-128 --json > lfw.json
 *     node scripts/update-results.ts lfw.json
 *
 * Without a file, rewrites the pages from the recorded `figures.json`. Photographs are not stored, only figures and file names.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import * as z from "zod";
import { readCatalogue } from "../src/models/model-store.ts";
import { evaluationPlots, isVerification, type NamedPlot } from "../src/reports/evaluation/evaluation-plots.ts";
import { evaluationReport } from "../src/reports/evaluation/evaluation-report.ts";
import {
  distanceText,
  farText,
  intervalText,
  percent,
  pValueText,
  rateTexts,
  runName,
  spreadText,
} from "../src/reports/evaluation/report-table.ts";
import { type Interval, ModelComparison, type Verification } from "../src/schemas/evaluation.ts";
import type { EmbeddingManifest } from "../src/schemas/model-manifest.ts";

const folder = new URL("../docs/results/lfw/", import.meta.url);

const Figures = z.object({ dataset: z.string(), machine: z.string(), comparison: ModelComparison });
type Figures = z.infer<typeof Figures>;

export async function readFigures(): Promise<Figures> {
  return Figures.parse(JSON.parse(await readFile(new URL("figures.json", folder), "utf8")));
}

/** The page in docs/results/lfw. */
export function lfwPage({ machine, comparison }: Figures): string {
  const evaluations = comparison.evaluations.filter(isVerification);
  const plots = evaluationPlots(evaluations, "LFW");
  const [first] = evaluations;
  const fars = first?.val.map(({ far }) => far) ?? [];
  return `# Labeled Faces in the Wild

${first?.pairs.toLocaleString("en")} pairs of ${first?.people.toLocaleString("en")} people in ten folds, raw images in, detected with \`${first?.detector}\`. Measured on
${machine}; written by \`node scripts/update-results.ts\` from [figures.json](figures.json). [report.html](report.html) is the report
of \`--report\` without photographs. Terms are defined in [accuracy](../../accuracy.md) and [the report](../../evaluation-report.md).

\`\`\`
facenet evaluate --images lfw/images --pairs lfw/pairs.txt --model ${evaluations.map(({ model }) => model).join(",")} --report lfw.html
\`\`\`

${table(
  ["model", "compared as", "accuracy", ...fars.map((far) => `VAL at FAR ${farText(far)}`), "AUC", "EER"],
  evaluations.map((one) => [
    `\`${runName(one)}\``,
    one.compared,
    `${spreadText(one.accuracy)}${bracketed(one.accuracy.interval)}`,
    ...one.val.map((at) => `${spreadText(at)}${bracketed(at.interval)}`),
    one.auc.toFixed(5),
    percent(one.eer),
  ]),
)}

Means over the folds ± standard error, with the 95 % bootstrap interval over people below.
${first?.warnings.map((warning) => `${warning.charAt(0).toUpperCase()}${warning.slice(1)}.`).join(" ")}

${plots.map(({ kind, name }) => `<img src="${name}.svg" alt="${alternatives[kind]}" width="49%">`).join("\n")}

## Thresholds

${evaluations.map(thresholds).join("\n\n")}

## Significance

${significance(comparison)}

## Worst errors of \`${first?.model}\`

At a distance of ${distanceText(first?.threshold ?? 0)}, the mean of the folds' thresholds. Label errors may be among them: the FaceNet paper attributes
five of its own 13 false rejects on LFW to wrong labels.

${first ? errors(first) : ""}
`;
}

const alternatives: Readonly<Record<NamedPlot["kind"], string>> = {
  roc: "ROC over logarithmic FAR",
  det: "False reject rate over false accept rate",
  distances: "Histograms of distances",
  reliability: "Predicted and observed probabilities",
  discard: "Error versus discard by quality",
  "open-set": "Open-set identification",
  cmc: "Identification over rank",
};

function thresholds(one: Verification): string {
  const rows = [
    ...one.modelThresholds.map((point) => ["the model's own", point] as const),
    ...one.thresholds.map((point) => ["chosen here", point] as const),
  ].map(([origin, point]) => [
    origin,
    farText(point.far),
    distanceText(point.threshold),
    `${percent(point.val)}${bracketed(point.valInterval)}`,
    point.falseAccepts === 0 ? "none" : rateTexts(point.measuredFar, null)[0],
    String(point.falseAccepts),
    String(point.falseRejects),
  ]);
  return `\`${runName(one)}\`\n\n${table(["threshold", "wanted FAR", "squared L2", "VAL", "measured FAR", "false accepts", "false rejects"], rows)}`;
}

function significance({ comparisons }: ModelComparison): string {
  return comparisons
    .map(
      ({
        a,
        b,
        pairs,
        accuracy,
        val,
      }) => `\`${a}\` against \`${b}\` on ${pairs.toLocaleString("en")} pairs: ${accuracy?.onlyARight} are classified correctly
only by the first, ${accuracy?.onlyBRight} only by the second; p ${isText(accuracy?.pValue ?? 1)} (McNemar's exact test).

${table(
  ["FAR", "VAL of the first", "of the second", "difference, bootstrap by person", "p"],
  val.map((at) => [
    farText(at.far),
    percent(at.a),
    percent(at.b),
    `${percent(at.difference)}${bracketed(at.interval)}`,
    pValueText(at.pValue),
  ]),
)}`,
    )
    .join("\n\n");
}

function errors({ worst }: Verification): string {
  const rows = [
    ...worst.falseAccepts.map((pair) => ["false accept", pair] as const),
    ...worst.falseRejects.map((pair) => ["false reject", pair] as const),
  ].map(([kind, { left, right, distance }]) => [kind, distanceText(distance), left.image, right.image]);
  return table(["", "distance", "", ""], rows);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return [titles, titles.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const isText = (p: number): string => (p < 1e-4 ? pValueText(p) : `= ${pValueText(p)}`);
const bracketed = (interval: Interval | null): string => (interval ? `<br>${intervalText(interval)}` : "");

/** Removes the folders from file names, except the person's. */
function withoutFolders<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (key, text: unknown) =>
      key === "image" && typeof text === "string" ? text.split(/[/\\]/).slice(-2).join("/") : text,
    ),
  ) as T;
}

async function main([file]: readonly string[]): Promise<void> {
  const figures = file === undefined ? await readFigures() : await figuresOf(file);
  const { evaluations, comparisons } = figures.comparison;
  const { models } = await readCatalogue();
  const cards = evaluations.flatMap(({ model }) =>
    models.filter((one): one is EmbeddingManifest => one.task === "embedding" && one.id === model),
  );
  await mkdir(folder, { recursive: true });
  const write = (name: string, text: string) => writeFile(new URL(name, folder), text);
  await write("figures.json", `${JSON.stringify(figures, null, 2)}\n`);
  await write("README.md", lfwPage(figures));
  for (const { name, svg } of evaluationPlots(evaluations, "LFW")) await write(`${name}.svg`, svg);
  await write(
    "report.html",
    evaluationReport({ evaluations, comparisons, cards, dataset: figures.dataset, thumbnails: new Map() }),
  );
}

async function figuresOf(file: string): Promise<Figures> {
  const comparison = ModelComparison.parse(JSON.parse(await readFile(file, "utf8")));
  const processors = cpus();
  const machine = `${processors.length} x ${processors[0]?.model.trim()}`;
  return { dataset: "Labeled Faces in the Wild, pairs.txt", machine, comparison: withoutFolders(comparison) };
}

if (import.meta.main) await main(process.argv.slice(2));
