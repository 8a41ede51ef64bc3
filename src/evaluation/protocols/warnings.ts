/** Warnings about an evaluation: too few pairs, in-sample thresholds, copies, likely label errors. */

import { normalize } from "../../metric/distance.ts";
import { createEmbeddingMatrix, meanOfFrames } from "../../metric/embedding-matrix.ts";
import type { Verification } from "../../schemas/evaluation.ts";
import { DistanceStream } from "../distance-stream.ts";
import type { FaceSet } from "../face-set.ts";
import { facesByPerson } from "../people-folds.ts";

/** With fewer expected errors, a rate is unreliable. */
const FEW_ERRORS = 10;
/** Maximum number of pairs of people named in a warning. */
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
        `FAR ${far} amounts to ${expectedFalseAccepts.toPrecision(2)} pairs of different people; with fewer than ${FEW_ERRORS}, VAL is unreliable`,
    );
  if (inSample && protocol !== "hold-out") warnings.push("only one fold: the threshold was chosen on the tested pairs");
  if (skipped > 0) warnings.push(`${skipped} of ${skipped + pairs} pairs were left out; skippedPairs lists the reasons`);
  return warnings;
}

export function copyWarnings(copies: Verification["copies"]): string[] {
  if (copies.length === 0) return [];
  return [`${copies.length} images have the same embedding as another, so they are probably the same picture; copies lists them`];
}

export function alikeWarnings(alike: readonly LikelyOnePerson[]): string[] {
  if (alike.length === 0) return [];
  const named = alike.slice(0, NAMED).map(({ left, right, distance }) => `${left} and ${right} (${distance.toFixed(2)})`);
  const more = alike.length > NAMED ? ` and ${alike.length - NAMED} more` : "";
  return [`people who may be the same person under two names, by the distance of their mean faces: ${named.join(", ")}${more}`];
}

export type LikelyOnePerson = { readonly left: string; readonly right: string; readonly distance: number };

/**
 * Pairs of people whose mean faces are closer than a distance, closest first. Single faces are occasionally that close by chance,
 * means of several hardly ever, so only people with at least two faces are considered.
 *
 * @param distance squared L2, such as the model's threshold for its smallest measured false accept rate
 */
export async function peopleAlike({ embeddings, person, people }: FaceSet, distance: number): Promise<LikelyOnePerson[]> {
  const several = facesByPerson(person, people.length)
    .map((faces, index) => ({ faces, name: people[index] as string }))
    .filter(({ faces }) => faces.length > 1);
  if (several.length < 2) return [];
  const means = meanOfFrames(
    embeddings,
    several.map(({ faces }) => faces),
  ).map((mean) => normalize(Float32Array.from(mean)));
  const matrix = createEmbeddingMatrix(means, "floats");
  const stream = await DistanceStream.create(matrix);
  try {
    const close = await stream.closePairs(matrix, distance, () => true);
    return close
      .sort((a, b) => a.distance - b.distance)
      .map((pair) => ({
        left: several[pair.left]?.name as string,
        right: several[pair.right]?.name as string,
        distance: pair.distance,
      }));
  } finally {
    await stream.dispose();
  }
}
