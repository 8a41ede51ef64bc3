/** Two folders that look like one person: a label that was split makes right answers count as false accepts. */

import { normalize } from "../../metric/distance.ts";
import { createEmbeddingMatrix, meanOfFrames } from "../../metric/embedding-matrix.ts";
import { DistanceStream } from "../distance-stream.ts";
import type { FaceSet } from "../face-set.ts";
import { facesByPerson } from "../people-folds.ts";

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
