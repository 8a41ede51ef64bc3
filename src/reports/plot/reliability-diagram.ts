/** Do probabilities hold? Of the pairs that were given 80 %, eight in ten should show one person. */
import { linePlot } from "./line-plot.ts";
import type { Heading } from "./svg-frame.ts";

export type ReliabilityBin = {
  /** Mean probability given to the pairs of this bin, 0 to 1. */
  readonly predicted: number;
  /** Share of them that show one person, 0 to 1. */
  readonly observed: number;
  /** Confidence interval of that share. */
  readonly low?: number;
  readonly high?: number;
};

export type ReliabilityCurve = {
  readonly label: string;
  /** By ascending probability; bins without pairs left out. */
  readonly bins: readonly ReliabilityBin[];
};

export type ReliabilityDiagramOptions = Heading & { readonly curves: readonly ReliabilityCurve[] };

export function reliabilityDiagram({ curves, ...heading }: ReliabilityDiagramOptions): string {
  return linePlot({
    ...heading,
    x: { label: "probability given", percent: true, domain: [0, 1] },
    y: { label: "pairs that show one person", percent: true, domain: [0, 1] },
    diagonal: "probabilities that hold",
    series: curves.map(({ label, bins }) => ({
      label,
      dots: true,
      points: bins.map(({ predicted, observed, ...interval }) => ({ x: predicted, y: observed, ...interval })),
    })),
  });
}
