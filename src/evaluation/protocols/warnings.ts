/** Warnings about an evaluation: too few pairs, in-sample thresholds, copies, likely label errors. */

import { normalize } from "../../metric/distance.ts";
import { createEmbeddingMatrix, meanOfFrames } from "../../metric/embedding-matrix.ts";
import type { Verification } from "../../schemas/evaluation.ts";
import { DistanceStream } from "../distance-stream.ts";
import type { FaceSet } from "../face-set.ts";
import { facesByPerson } from "../people-folds.ts";

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

export type LikelyOnePerson = { readonly left: string; readonly right: string; readonly distance: number };

/**
 * Pairs of people whose mean faces are closer than a distance, the closest first. Single faces lie so close by chance
 * now and then; means of several hardly do, so only people with two faces or more are looked at.
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
