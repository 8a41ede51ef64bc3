/** Report section: distances of strangers in this gallery, the fitted tail, and predicted against measured false match rates. */
import type { GalleryCalibration } from "../../schemas/calibration.ts";
import type { Interval } from "../../schemas/evaluation.ts";
import { type Content, html, Markup } from "../page/page.ts";
import { countText, scrolled, table } from "../page/table.ts";
import { linePlot } from "../plot/line-plot.ts";

export function calibrationSection(calibration: GalleryCalibration | undefined): Content {
  if (!calibration) return undefined;
  const { distinctPairs, photographs, lowestFar, thresholds, at, automatic } = calibration;
  const reach =
    lowestFar === null
      ? "Their smallest distances fit no distribution that could be extrapolated."
      : `They support rates down to 1 in ${countText(Math.floor(1 / lowestFar))}.`;
  return html`<section aria-labelledby="calibration">
<h2 id="calibration">Calibration</h2>
<p>Thresholds measured ${automatic ? html`by <code>facenet index</code> ` : undefined}on ${at.slice(0, 10)} on ${countText(distinctPairs)} pairs of different people in
${countText(photographs)} photographs of this gallery, without labels. ${reach}</p>
${scrolled("Plot: stranger pairs", new Markup(tailPlot(calibration)))}
${table(
  "Predicted and measured rates",
  ["Target rate", "Distance", "Source", "Predicted, 95 %", "Measured within photographs", "Model's distance", "Its rate here"],
  thresholds.map(({ far, distance, basis, farInterval, measuredFar, measuredInterval, modelDistance, modelFar }) => [
    rateText(far),
    distance.toFixed(3),
    basis,
    intervalText(farInterval),
    measuredFar === undefined ? "" : `${rateText(measuredFar)}${measuredInterval ? ` (${intervalText(measuredInterval)})` : ""}`,
    modelDistance.toFixed(3),
    rateText(modelFar),
  ]),
)}
<p class="soft">Predicted is the rate across photographs. Faces in the same photograph share light and camera, so rates measured within photographs may be higher.</p>
</section>`;
}

/** Rates at each distance: measured within photographs, and the fitted tail across photographs with its interval. */
function tailPlot({ histogram, curve, thresholds }: GalleryCalibration): string {
  const all = histogram.counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  const measured = histogram.counts.flatMap((count, bin) => {
    below += count;
    return below > 0 && below < all ? [{ x: (bin + 1) * histogram.binWidth, y: below / all }] : [];
  });
  const fitted = curve.map(({ distance, far, low, high }) => ({ x: distance, y: far, low, high })).sort((a, b) => a.x - b.x);
  return linePlot({
    title: "Distances of strangers in this gallery",
    subtitle: "share of stranger pairs at most this far apart",
    x: { label: "squared L2 distance" },
    y: { label: "false match rate", scale: "log" },
    series: [
      { label: "fitted tail, across photographs", points: fitted },
      { label: "measured, within photographs", points: measured, step: true },
    ],
    rules: thresholds
      .filter(({ far }) => far === 1e-2 || far === 1e-3)
      .map(({ far, distance }) => ({ axis: "x" as const, at: distance, label: `threshold for ${rateText(far)}` })),
  });
}

const rateText = (rate: number): string => (rate === 0 ? "0" : rate.toPrecision(2));
const intervalText = ({ low, high }: Interval): string => `${rateText(low)} to ${rateText(high)}`;
