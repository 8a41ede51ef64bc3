/** A calibration's probabilities against what they were given to, as a picture. */

import type { Measured } from "../../evaluation/protocols/calibration-place.ts";
import { encodeSvgAsPng } from "../../image/encode.ts";
import { reliabilityDiagram } from "../plot/reliability-diagram.ts";
import { binsWithIntervals, steadyBins } from "./evaluation-plots.ts";

/** @param file decides by its ending: PNG, else SVG */
export async function calibrationDiagram(calibration: Measured, file: string): Promise<string | Uint8Array> {
  const { model, people, faces, logLoss, probability } = calibration;
  const kind = probability !== null && "slope" in probability ? "logistic" : "isotonic";
  const svg = reliabilityDiagram({
    title: `Do probabilities hold? ${model}`,
    subtitle: `${faces.toLocaleString("en")} faces of ${people} people, by the ${kind} curve of other people: log loss ${logLoss[kind]?.toFixed(3)}`,
    curves: [{ label: kind, bins: binsWithIntervals(steadyBins(calibration)) }],
  });
  return /\.png$/i.test(file) ? encodeSvgAsPng(svg) : svg;
}
