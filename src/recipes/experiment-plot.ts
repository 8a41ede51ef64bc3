/** Plot of a study: our VAL and the paper's at each level, with error bars of one standard error. */
import type { Axis } from "../reports/plot/axis.ts";
import { barPlot } from "../reports/plot/bar-plot.ts";
import { type LinePoint, linePlot } from "../reports/plot/line-plot.ts";
import type { Experiment } from "../schemas/experiment.ts";
import { studyPlans } from "./studies.ts";

/** SVG text. */
export function experimentPlot(experiment: Experiment): string {
  const { study, levels, model, far, dataset } = experiment;
  if (study === "miner") return bars(experiment);
  const x: Axis = { label: studyPlans[study].unit, ...(study !== "jpeg" && study !== "data" && { scale: "log" as const }) };
  const ours = levels.map(({ value, val }) => point(value, val.mean, val.standardError));
  const paper = levels.flatMap(({ value, paper: own }) => (own ? [point(value, own.val, own.standardError)] : []));
  return linePlot({
    title: studyPlans[study].question,
    subtitle: `VAL at FAR ${far}, bars of one standard error; ours on ${dataset}`,
    x,
    y: { label: `VAL at FAR ${far}`, percent: true },
    series: [
      { label: model, points: ours },
      { label: "FaceNet paper, its hold-out set", points: paper },
    ],
  });
}

/** Training methods have no order: a bar each. Shows accuracy, because VAL of small networks is small and rests on few pairs. */
function bars({ levels, model, dataset }: Experiment): string {
  return barPlot({
    title: studyPlans.miner.question,
    subtitle: `accuracy, bars of one standard error; ${model} on ${dataset}`,
    category: { label: studyPlans.miner.unit },
    y: { label: "accuracy", percent: true },
    series: [
      {
        label: model,
        bars: levels.map(({ level, accuracy }) => ({ category: level, value: accuracy.mean, error: accuracy.standardError })),
      },
    ],
  });
}

function point(x: number, y: number, error: number | null): LinePoint {
  return error === null ? { x, y } : { x, y, low: y - error, high: y + error };
}
