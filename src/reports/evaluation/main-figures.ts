/** The figures of an evaluation that a list of reports shows. */
import type { Evaluation } from "../../schemas/evaluation.ts";
import type { FigureName, ReportFigure } from "../../schemas/report.ts";

/** Of several models only how many there are: their figures are for the report, side by side. */
export function mainFigures(evaluations: readonly Evaluation[]): ReportFigure[] {
  const [first] = evaluations;
  if (!first) return [];
  const amounts = [figure("people", first.people), figure("images", first.images)];
  if (evaluations.length > 1) return [figure("models", evaluations.length), ...amounts];
  if (first.protocol === "clustering") {
    return [figure("b-cubed-f", first.bCubed.f), figure("pairwise-f", first.pairwise.f), ...amounts];
  }
  if (first.protocol === "identification") {
    const [rate] = first.rates;
    const named = rate ? [figure("known-named", rate.dir), figure("strangers-named", rate.measuredFpir)] : [];
    return [...named, ...amounts];
  }
  const strictest = first.val.at(-1);
  return [
    figure("accuracy", first.accuracy.mean),
    ...(strictest ? [figure("val", strictest.mean, strictest.far)] : []),
    figure("auc", first.auc),
    figure("eer", first.eer),
    figure("pairs", first.pairs),
  ];
}

function figure(name: FigureName, value: number, at: number | null = null): ReportFigure {
  return { name, value, at };
}
