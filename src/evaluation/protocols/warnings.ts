/** What makes figures less trustworthy than they look, in words. */
import type { Verification } from "../../schemas/evaluation.ts";
import type { LikelyOnePerson } from "./doubtful-labels.ts";

/** Fewer expected errors than this say little about a rate. */
const FEW_ERRORS = 10;
/** Pairs of people named in a warning. */
const NAMED = 5;

export function warningsOf({
  protocol,
  val,
  inSample,
  skipped,
  pairs,
}: Pick<Verification, "protocol" | "val" | "inSample" | "skipped" | "pairs">): string[] {
  const warnings = val
    .filter(({ expectedFalseAccepts }) => expectedFalseAccepts < FEW_ERRORS)
    .map(
      ({ far, expectedFalseAccepts }) =>
        `FAR ${far} amounts to ${expectedFalseAccepts.toPrecision(2)} pairs of different people; fewer than ${FEW_ERRORS} make VAL there unsteady`,
    );
  if (inSample && protocol !== "hold-out") warnings.push("one fold only: the threshold was picked on the pairs it was tested on");
  if (skipped > 0) warnings.push(`${skipped} of ${skipped + pairs} pairs were left out; skippedPairs says why`);
  return warnings;
}

export function copyWarnings(copies: Verification["copies"]): string[] {
  if (copies.length === 0) return [];
  return [`${copies.length} images have the very embedding of another: the same picture twice; copies lists them`];
}

export function alikeWarnings(alike: readonly LikelyOnePerson[]): string[] {
  if (alike.length === 0) return [];
  const named = alike.slice(0, NAMED).map(({ left, right, distance }) => `${left} and ${right} (${distance.toFixed(2)})`);
  const more = alike.length > NAMED ? ` and ${alike.length - NAMED} more` : "";
  return [`people who look like one person under two names, by the distance of their mean faces: ${named.join(", ")}${more}`];
}
