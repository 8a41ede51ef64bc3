/** Training report: curves, configuration and validation results on one page. */
import { basename, isAbsolute } from "node:path";
import { type Content, html, Markup, page } from "../../reports/page/page.ts";
import { type LinePoint, linePlot } from "../../reports/plot/line-plot.ts";
import type { TrainingConfiguration } from "../../schemas/training.ts";
import type { TrainingLogLine } from "./training-log.ts";

export type TrainingFacts = {
  readonly title: string;
  readonly configuration: TrainingConfiguration;
  readonly lines: readonly TrainingLogLine[];
  /** Final figures, by name. */
  readonly summary: Readonly<Record<string, string>>;
};

type StepLine = Extract<TrainingLogLine, { kind: "step" }>;
type HeldOutLine = Extract<TrainingLogLine, { kind: "held-out" }>;

/** Maximum number of points per curve; longer ones are averaged in groups. */
const POINTS = 200;

export function trainingReport({ title, configuration, lines, summary }: TrainingFacts): string {
  const steps = lines.filter((line) => line.kind === "step");
  const heldOut = lines.filter((line) => line.kind === "held-out");
  const advice = lines.filter((line) => line.kind === "advice");
  const body = html`<header>
<h1>${title}</h1>
<dl class="summary">${Object.entries(summary).map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
</header>
${adviceList(advice)}
<section aria-labelledby="curves">
<h2 id="curves">Learning curves</h2>
<div class="curves">${[...heldOutPlots(heldOut), ...stepPlots(steps, configuration)]}</div>
</section>
<section aria-labelledby="settings">
<h2 id="settings">Settings</h2>
<div class="scroll"><table><tbody>${Object.entries(configuration).map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${settingText(value)}</td></tr>`)}</tbody></table></div>
</section>`;
  return page({
    title,
    style: html`.curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1.5rem } .curves svg { width: 100%; height: auto }`,
    body,
  });
}

function adviceList(advice: readonly { step: number; advice: string }[]): Content {
  if (advice.length === 0) return undefined;
  return html`<section class="failures" aria-labelledby="advice"><h3 id="advice">Advice during training</h3>
<ul>${advice.map((line) => html`<li>Step ${line.step}: ${line.advice}</li>`)}</ul></section>`;
}

function heldOutPlots(lines: readonly HeldOutLine[]): Markup[] {
  const last = lines.at(-1);
  if (lines.length < 2 || !last) return [];
  const curve = (value: (line: HeldOutLine) => number | undefined): LinePoint[] =>
    lines.flatMap((line) => {
      const y = value(line);
      return y === undefined ? [] : [{ x: line.step, y }];
    });
  return [
    svg(
      linePlot({
        title: "Held-out people",
        subtitle: `all pairs of ${last.faces} faces of ${last.people} people`,
        x: { label: "step", whole: true },
        y: { label: "rate", percent: true },
        series: [
          { label: "accuracy", points: curve(({ accuracy }) => accuracy) },
          { label: "AUC", points: curve(({ auc }) => auc) },
          ...last.val.map(({ far }) => ({
            label: `VAL at FAR ${far}`,
            points: curve(({ val }) => val.find((at) => at.far === far)?.val),
          })),
        ],
      }),
    ),
  ];
}

function stepPlots(steps: readonly StepLine[], { loss, margin }: TrainingConfiguration): Markup[] {
  if (steps.length < 2) return [];
  const x = { label: "step", whole: true };
  const curve = (value: (step: StepLine) => number | null) =>
    averaged(steps.map((step) => ({ x: step.step, y: value(step) ?? Number.NaN })));
  const plots = [
    linePlot({
      title: "Loss",
      x,
      y: { label: loss },
      series: [{ label: "training", points: curve((step) => step.loss) }],
      ...(loss === "triplet" && { rules: [{ axis: "y", at: margin, label: "margin" }] as const }),
    }),
    linePlot({
      title: "Distances within the mini-batch",
      x,
      y: { label: "mean squared L2" },
      series: [
        { label: "different people", points: curve((step) => step.negativeDistance) },
        { label: "same person", points: curve((step) => step.positiveDistance) },
      ],
    }),
  ];
  if (loss === "triplet") {
    const share = (step: StepLine) => (step.pairs === 0 ? null : step.active / step.pairs);
    plots.push(
      linePlot({
        title: "Active triplets per anchor-positive pair",
        x,
        y: { label: "triplets" },
        series: [{ label: "active", points: curve(share) }],
      }),
    );
  }
  plots.push(
    linePlot({
      title: "Speed",
      x,
      y: { label: "images/s" },
      series: [{ label: "training", points: curve((step) => step.imagesPerSecond) }],
    }),
  );
  return plots.map(svg);
}

const svg = (text: string): Markup => new Markup(text);

/** At most {@link POINTS} points, each the mean of a group of neighbours. */
function averaged(points: readonly LinePoint[]): LinePoint[] {
  const finite = points.filter(({ y }) => Number.isFinite(y));
  const size = Math.ceil(finite.length / POINTS);
  return Array.from({ length: Math.ceil(finite.length / Math.max(1, size)) }, (_, i) => {
    const group = finite.slice(i * size, (i + 1) * size);
    const mean = (value: (point: LinePoint) => number) => group.reduce((sum, point) => sum + value(point), 0) / group.length;
    return { x: Math.round(mean((point) => point.x)), y: mean((point) => point.y) };
  });
}

function settingText(value: TrainingConfiguration[keyof TrainingConfiguration]): string {
  if (value === null) return "none";
  if (typeof value === "string" && isAbsolute(value)) return basename(value); // a model's path
  return Array.isArray(value) ? value.join(", ") || "none" : String(value);
}
