/** Common threshold for comparing groups and for error versus discard. */
import { thresholdForFar } from "../../faces/verdict.ts";
import type { CommonThreshold, Verification } from "../../schemas/evaluation.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import type { MeasureInput } from "./measure-options.ts";

/** The given threshold; else the model's for the strictest target rate, or one chosen on these pairs if the model has none. */
export function commonThreshold(
  card: EmbeddingManifest | null,
  { val, threshold }: Pick<Verification, "val" | "threshold">,
  input: Pick<MeasureInput, "threshold" | "fars">,
): CommonThreshold {
  if (input.threshold !== undefined) return { threshold: input.threshold, far: null, thresholdFrom: "option" };
  const far = Math.min(...input.fars);
  const rates = card?.thresholds.map((each) => each.far) ?? [];
  if (card && far >= Math.min(...rates) && far <= Math.max(...rates))
    return { threshold: thresholdForFar(card, far), far, thresholdFrom: "model" };
  return { threshold: val.find((at) => at.far === far)?.threshold ?? threshold, far, thresholdFrom: "pairs" };
}
