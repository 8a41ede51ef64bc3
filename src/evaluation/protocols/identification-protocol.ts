/** "Who is it, or nobody known?" with thresholds that the model brings along, chosen on other people. */

import { identificationThreshold } from "../../gallery/identify-face.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import { type IdentificationFigures, identify, openSetOf } from "../identification.ts";
import type { LabelledFaces } from "./labelled-faces.ts";
import type { MeasureInput } from "./measure-options.ts";

/**
 * People with two images or more are enrolled with the first and looked up with the rest; those with one are strangers.
 *
 * @throws RangeError as `openSetOf`
 */
export function identifyOpenSet(
  { faces, model }: LabelledFaces,
  { fpirs, resamples, seed }: Pick<MeasureInput, "fpirs" | "resamples" | "seed">,
): IdentificationFigures {
  const openSet = openSetOf(faces);
  return identify(faces, openSet, {
    thresholds: fpirs.map((fpir) => ({ fpir, distance: identificationThreshold(model, fpir, openSet.enrolled.length) })),
    fpirs,
    bootstrap: { resamples, random: seededRandom(seed) },
  });
}

/** A wanted rate that the model's smallest measured one does not reach down to. */
export function identificationWarnings(
  { model }: LabelledFaces,
  { enrolled, probes, strangers }: IdentificationFigures,
  fpirs: readonly number[],
): string[] {
  const smallest = Math.min(...model.thresholds.map(({ far }) => far));
  const unreached = fpirs.filter((fpir) => fpir / enrolled < smallest);
  return [
    ...unreached.map(
      (fpir) =>
        `FPIR ${fpir} among ${enrolled} people asks for a false accept rate of ${(fpir / enrolled).toPrecision(2)} a pair; the model's thresholds go down to ${smallest}, which was used`,
    ),
    ...fpirs
      .filter((fpir) => fpir * strangers < 10)
      .map(
        (fpir) => `FPIR ${fpir} amounts to ${(fpir * strangers).toPrecision(2)} strangers; fewer than 10 make the rate unsteady`,
      ),
    ...(probes < 100 ? [`only ${probes} probes`] : []),
  ];
}
