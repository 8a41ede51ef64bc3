/**
 * FMR and FNMR at the model's threshold of 1e-3 by what can be measured of an image: face size, pose and sharpness, each in thirds of
 * its set. No data set here states age, sex or skin tone, so there are no figures by them.
 *
 *     facenet embed --flip --faces central --recursive people/ --output people.jsonl
 *     node scripts/measure-groups.ts --set population.jsonl --set lfw.jsonl [--output docs/results/groups.json]
 *
 * Who an image shows is the name of its folder; doubtful labels are left out. Both faces of a pair are of the same third.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { readExportedEmbeddings } from "../src/datasets/exported-embeddings.ts";
import { quantile } from "../src/metric/statistics.ts";
import { createContext } from "../src/operations/context.ts";
import { evaluate } from "../src/operations/evaluate.ts";
import type { Quality } from "../src/schemas/face.ts";
import { cleaned } from "./training-faces.ts";

const FAR = 1e-3;
const MEASURES: Readonly<Record<string, (quality: Quality) => number>> = {
  "size, px": ({ sizePx }) => sizePx,
  "turned, degrees": ({ yawDegrees, pitchDegrees }) => Math.hypot(yawDegrees, pitchDegrees),
  sharpness: ({ sharpness }) => sharpness,
};
const THIRDS = ["lowest", "middle", "highest"] as const;

const { values } = parseArgs({ options: { set: { type: "string", multiple: true, default: [] }, output: { type: "string" } } });
const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
const folder = await mkdtemp(join(tmpdir(), "groups-"));
const sets: object[] = [];
try {
  for (const set of values.set) sets.push(await measured(set));
} finally {
  await rm(folder, { recursive: true });
  await context.dispose();
}
if (values.output) await writeFile(values.output, `${JSON.stringify({ hardware: cpus()[0]?.model, far: FAR, sets }, null, 1)}\n`);

async function measured(set: string): Promise<object> {
  const { model, faces } = await readExportedEmbeddings(set);
  const labelled = faces.map(({ image, vector, quality }) => ({ image, vector, quality, person: basename(dirname(image)) }));
  const kept = cleaned(labelled, 1.1, 0.7) as typeof labelled;
  const embeddings = join(folder, "faces.jsonl");
  const images = new Set(kept.map(({ image }) => image));
  const lines = (await readFile(set, "utf8")).split("\n").filter((line) => line !== "" && images.has(JSON.parse(line).image));
  await writeFile(embeddings, lines.join("\n"));
  const columns = Object.entries(MEASURES).map(([column, of]) => {
    const all = kept.map(({ quality }) => of(quality as Quality));
    const sorted = all.toSorted((a, b) => a - b);
    const limits = [1 / 3, 2 / 3].map((share) => quantile(sorted, share)) as [number, number];
    const thirds = all.map((value) => THIRDS[value <= limits[0] ? 0 : value <= limits[1] ? 1 : 2]);
    return { column, limits, thirds };
  });
  const groups = join(folder, "groups.csv");
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const rows = kept.map(({ image, person }, i) =>
    [quoted(`${person}/${basename(image)}`), ...columns.map(({ thirds }) => thirds[i] as string)].join(","),
  );
  await writeFile(groups, [["image", ...columns.map(({ column }) => quoted(column))].join(","), ...rows].join("\n"));
  const input = evaluate.input.parse({ embeddings, model: [model], groups, fars: [FAR] });
  const evaluation = await evaluate.run(input, context);
  if (!("groups" in evaluation)) throw new Error("one model has one evaluation");
  const { people, images: count } = evaluation;
  const name = basename(set, ".jsonl");
  console.log(
    `\n${name}, ${model}: ${count} images of ${people} people, threshold ${evaluation.groups[0]?.threshold.toFixed(4)}\n`,
  );
  console.log("| | third | genuine pairs | FNMR, 95 % | impostor pairs | FMR, 95 % |\n|---|---|---|---|---|---|");
  const tables = evaluation.groups.map(({ column, labels, worstFar, worstFrr }) => {
    const { limits } = columns.find((one) => one.column === column) as (typeof columns)[number];
    const sorted = THIRDS.map((third) => labels.find(({ label }) => label === third) as (typeof labels)[number]);
    for (const [i, { label, samePairs, differentPairs, frr, frrInterval, measuredFar, farInterval }] of sorted.entries()) {
      const bounds = [`up to ${round(limits[0])}`, `to ${round(limits[1])}`, "above"][i];
      const cells = [i === 0 ? column : "", `${label}, ${bounds}`, samePairs, text(frr, frrInterval), differentPairs];
      console.log(`| ${[...cells, text(measuredFar, farInterval)].join(" | ")} |`);
    }
    return { column, limits: limits.map(round), labels: sorted, worstFar, worstFrr };
  });
  return { set: name, model, people, images: count, threshold: evaluation.groups[0]?.threshold, groups: tables };
}

function text(rate: number | null, interval: { readonly low: number; readonly high: number } | null): string {
  if (rate === null) return "";
  const percent = (value: number): string => `${Number((100 * value).toPrecision(2))}`;
  return `${percent(rate)} %${interval ? ` (${percent(interval.low)} to ${percent(interval.high)})` : ""}`;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
