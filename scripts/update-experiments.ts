/**
 * Writes docs/results/experiments from the results of `facenet experiment` and of open-set `facenet evaluate`:
 *
 *     facenet experiment bytes --images lfw/images --pairs lfw/pairs.txt --json > bytes.json
 *     facenet evaluate --images lfw/images --protocol identification --json > open-set.json
 *     node scripts/update-experiments.ts bytes.json open-set.json
 *
 * A file replaces the recorded result of its study. Without files the page and its plots are rebuilt from figures.json.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import * as z from "zod";
import { experimentPlot } from "../src/recipes/experiment-plot.ts";
import { levelRows } from "../src/recipes/level-table.ts";
import { pairsDifference, studyPlans, trainingDifference } from "../src/recipes/studies.ts";
import { evaluationPlots } from "../src/reports/evaluation/evaluation-plots.ts";
import { intervalText, percent } from "../src/reports/evaluation/report-table.ts";
import { IdentificationEvaluation } from "../src/schemas/evaluation.ts";
import { Experiment, Study } from "../src/schemas/experiment.ts";

const folder = new URL("../docs/results/experiments/", import.meta.url);

const Recorded = z.object({
  machine: z.string(),
  experiments: z.array(Experiment),
  openSet: IdentificationEvaluation.nullable(),
});
type Recorded = z.infer<typeof Recorded>;

export async function readExperiments(): Promise<Recorded> {
  const text = await readFile(new URL("figures.json", folder), "utf8").catch(() => undefined);
  const none: Recorded = { machine: cpus()[0]?.model.trim() ?? "an unknown CPU", experiments: [], openSet: null };
  return text === undefined ? none : Recorded.parse(JSON.parse(text));
}

/** The page in docs/results/experiments. */
export function experimentsPage({ machine, experiments, openSet }: Recorded): string {
  const sections = experiments.map(studySection);
  return `# The paper's studies, and open-set identification

Measured on ${machine}; written by \`node scripts/update-experiments.ts\` from [figures.json](figures.json). Terms are defined in
[measuring a model](../../evaluation.md).

${pairsDifference}

${[...sections, ...(openSet ? [openSetSection(openSet)] : [])].join("\n\n")}
`;
}

function studySection(experiment: Experiment): string {
  const { study, model, compared, folds, levels, far, pairs, skipped, training } = experiment;
  const { question, difference } = studyPlans[study];
  const some = folds === null ? "" : ` --folds ${folds.join(",")}`;
  const fit = study === "dimensions" ? " --fit people" : "";
  const what = training
    ? ` --training people --network ${training.network} --steps ${training.steps}`
    : `${fit} --model ${model}`;
  const left = skipped > 0 ? `, ${skipped} left out because no face was found` : "";
  const trained = training
    ? `\nEach level is \`${training.network}\` from random weights, ${training.steps} steps of ${training.imagesPerStep} images; 100 % of the people are ${training.people} people of CelebA with ${training.images.toLocaleString("en")} images. ${trainingDifference}`
    : "";
  return `## ${question}

\`\`\`
facenet experiment ${study} --images lfw/images --pairs lfw/pairs.txt${some}${what}
\`\`\`

${table(["", "accuracy, %", `VAL at FAR ${far}, %`, "the paper's VAL, %"], levelRows(levels))}

\`${model}\`, compared as ${compared}; ${pairs.toLocaleString("en")} pairs of Labeled Faces in the Wild${left}; mean ± standard error over the folds.${trained}
${difference}

<img src="${study}.svg" alt="${study === "miner" ? "Accuracy by miner and margin" : `VAL over ${study}, here and in the paper`}" width="70%">`;
}

function openSetSection({ model, enrolled, probes, strangers, rates, cmc, warnings }: IdentificationEvaluation): string {
  const rows = rates.map(({ fpir, threshold, thresholdFrom, dir, dirInterval, measuredFpir, fpirInterval, wrongPerson }) => [
    percent(fpir, 0),
    thresholdFrom === "calibration" ? "the model's, from other people" : "chosen on these strangers",
    threshold.toFixed(3),
    `${percent(dir)}<br>${intervalText(dirInterval)}`,
    `${percent(measuredFpir)}<br>${intervalText(fpirInterval)}`,
    percent(wrongPerson),
  ]);
  const ranks = cmc.filter(({ rank }) => [1, 5, 10, 50].includes(rank));
  return `## Open-set identification

\`\`\`
facenet evaluate --images lfw/images --protocol identification --model ${model}
\`\`\`

All of Labeled Faces in the Wild: ${enrolled.toLocaleString("en")} people are enrolled with one image and looked up with their ${probes.toLocaleString("en")} other images; ${strangers.toLocaleString("en")} strangers are looked up too.

${table(["wanted FPIR", "threshold", "squared L2", "DIR", "measured FPIR", "wrong person"], rows)}

Below each rate is its 95 % bootstrap interval over people. At any distance, the right person is ${ranks.map(({ rank, rate }) => `${rank === 1 ? "first" : `among the first ${rank}`} for ${percent(rate)}`).join(", ")}.
${warnings.map((warning) => `${warning.charAt(0).toUpperCase()}${warning.slice(1)}.`).join(" ")}

<img src="open-set.svg" alt="Detection and identification rate over false positive identification rate" width="49%">
<img src="cmc.svg" alt="Identification over rank" width="49%">`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, titles.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n").replaceAll(" +- ", " ± ");
}

async function main(files: readonly string[]): Promise<void> {
  let { machine, experiments, openSet } = await readExperiments();
  for (const file of files) {
    const json: unknown = JSON.parse(await readFile(file, "utf8"));
    const experiment = Experiment.safeParse(json);
    if (experiment.success) {
      experiments = [...experiments.filter(({ study }) => study !== experiment.data.study), experiment.data];
    } else openSet = { ...IdentificationEvaluation.parse(json), copies: [], imagesWithoutFace: [], failures: [] };
  }
  experiments.sort((a, b) => Study.options.indexOf(a.study) - Study.options.indexOf(b.study));
  const recorded = { machine, experiments, openSet };
  await mkdir(folder, { recursive: true });
  for (const one of experiments) await writeFile(new URL(`${one.study}.svg`, folder), experimentPlot(one));
  for (const { kind, svg } of openSet ? evaluationPlots([openSet], "LFW") : [])
    await writeFile(new URL(`${kind}.svg`, folder), svg);
  await writeFile(new URL("figures.json", folder), `${JSON.stringify(recorded, null, 2)}\n`);
  await writeFile(new URL("README.md", folder), experimentsPage(recorded));
}

if (import.meta.main) await main(process.argv.slice(2));
