/** Significance of the difference between two models on all pairs of a folder. */
import type { PairedSignificance } from "../schemas/evaluation.ts";
import type { BootstrapOptions } from "./bootstrap.ts";
import { closestPairs, countRounds, differentPairsOf, peoplePairsOf } from "./counted-pairs.ts";
import { DistanceStream, type StreamOptions } from "./distance-stream.ts";
import { type FaceSet, selectFaces } from "./face-set.ts";
import { type ModelPairs, valDifferencesOf } from "./paired-significance.ts";
import { facesByPerson } from "./people-folds.ts";

/** Faces of a folder, embedded by one model. */
export type JudgedSet = { readonly model: string; readonly faces: FaceSet };

/**
 * Like `pairedSignificance`, on all pairs of the images that both models could measure. McNemar's test is left out: on so many
 * dependent pairs it would find any difference significant.
 *
 * @throws RangeError without pairs of both kinds in common; the signal's reason
 */
export async function significanceOfEveryPair(
  a: JudgedSet,
  b: JudgedSet,
  fars: readonly number[],
  bootstrap: BootstrapOptions,
  stream: StreamOptions,
): Promise<PairedSignificance> {
  const placeInB = new Map(b.faces.images.map((image, face) => [image, face]));
  const common = [...a.faces.images.keys()].filter((face) => placeInB.has(a.faces.images[face] as string));
  const ofA = await keepPairs(selectFaces(a.faces, common), stream);
  const inB = common.map((face) => placeInB.get(a.faces.images[face] as string) as number);
  const ofB = await keepPairs(selectFaces(b.faces, inB), stream);
  const { samePairs, differentPairs } = ofA.measured;
  return {
    a: a.model,
    b: b.model,
    pairs: samePairs + differentPairs,
    accuracy: null,
    val: valDifferencesOf(ofA, ofB, fars, bootstrap),
  };
}

async function keepPairs(faces: FaceSet, options: StreamOptions): Promise<ModelPairs> {
  const facesOf = facesByPerson(faces.person, faces.people.length);
  const stream = await DistanceStream.create(faces.embeddings, options);
  try {
    const { total, together } = await countRounds(faces, [[...facesOf.keys()]], facesOf, stream);
    const { pairs, limit } = await closestPairs(faces, facesOf, total.different, stream);
    const differentPairs = (times: Float64Array): number => differentPairsOf(times, facesOf);
    return { measured: together, pairs: peoplePairsOf(faces, pairs), limit, differentPairs };
  } finally {
    await stream.dispose();
  }
}
