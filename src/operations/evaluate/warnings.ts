/** What makes figures less trustworthy than they look, in words. */
import type { Verification } from "../../schemas/evaluation.ts";

/** Fewer expected errors than this say little about a rate. */
export const FEW_ERRORS = 10;

export function warningsOf({
  val,
  inSample,
  copies,
  skipped,
  pairs,
}: Pick<Verification, "val" | "inSample" | "copies" | "skipped" | "pairs">): string[] {
  const warnings = val
    .filter(({ expectedFalseAccepts }) => expectedFalseAccepts < FEW_ERRORS)
    .map(
      ({ far, expectedFalseAccepts }) =>
        `FAR ${far} amounts to ${expectedFalseAccepts.toPrecision(2)} pairs of different people; fewer than ${FEW_ERRORS} make VAL there unsteady`,
    );
  if (inSample) warnings.push("one fold only: the threshold was picked on the pairs it was tested on");
  if (skipped > 0) warnings.push(`${skipped} of ${skipped + pairs} pairs were left out; skippedPairs says why`);
  if (copies.length > 0)
    warnings.push(`${copies.length} images have the very embedding of another: the same picture twice; copies lists them`);
  return warnings;
}
