/** Error versus discard of measured faces, by each quality measure. */
import { qualityMeasures } from "../../faces/quality/quality-measures.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import type { ErrorVersusDiscard } from "../../schemas/evaluation.ts";
import { errorVersusDiscard, judgeSamePairs } from "../error-versus-discard.ts";
import { commonThreshold } from "./common-threshold.ts";
import type { LabelledFaces } from "./labelled-faces.ts";
import type { MeasureInput } from "./measure-options.ts";
import type { Verified } from "./verification-protocols.ts";

/** Null unless the quality of every face is known and a same pair was measured. */
export function discardByQuality(
  { faces, model }: Pick<LabelledFaces, "faces" | "model">,
  { figures, list, distanceOf }: Verified,
  input: MeasureInput,
): ErrorVersusDiscard | null {
  const qualities = faces.qualities?.filter((quality) => quality !== null) ?? [];
  if (qualities.length < faces.images.length) return null;
  const decision = commonThreshold(model, figures, input);
  const pairs = judgeSamePairs(faces, list, decision.threshold, distanceOf);
  if (pairs.length === 0) return null;
  const measures = Object.fromEntries(Object.entries(qualityMeasures).map(([name, of]) => [name, qualities.map(of)]));
  const curves = errorVersusDiscard(pairs, {
    measures,
    acceptable: qualities.map(({ acceptable }) => acceptable),
    people: faces.people.length,
    bootstrap: { resamples: input.resamples, random: seededRandom(input.seed) },
  });
  return { ...decision, ...curves };
}
