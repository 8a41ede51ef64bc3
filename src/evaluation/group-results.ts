/** FAR and VAL of groups of people at one common threshold. */
import type { GroupResult, PairedSignificance } from "../schemas/evaluation.ts";
import { type BootstrapOptions, bootstrapByPerson } from "./bootstrap.ts";
import { closestPairs, countRounds, differentPairsOf, peoplePairsOf } from "./counted-pairs.ts";
import { DistanceStream, type StreamOptions } from "./distance-stream.ts";
import { type FaceSet, selectFaces } from "./face-set.ts";
import { type ModelPairs, valDifferencesOf } from "./paired-significance.ts";
import { facesByPerson } from "./people-folds.ts";
import { acceptsAt, computeRoc, farAtThreshold, valAtThreshold } from "./roc.ts";
import { measurePairs, type PairList } from "./verification.ts";

export type GroupOptions = {
  /** The one threshold for all, squared L2. */
  readonly threshold: number;
  readonly bootstrap: BootstrapOptions;
  /** Squared L2 of two faces of the set, where that is not what their embeddings say. */
  readonly distanceOf?: ((a: number, b: number) => number) | undefined;
};

/**
 * A pair belongs to a group when both its people do: strangers of one group are harder to tell apart than those of two.
 *
 * @param groups people's names by group; people may belong to several, and names without a face are passed over
 * @returns one row a group, in their order; a rate is null without a pair to measure it on
 */
export function groupResults(
  faces: FaceSet,
  list: PairList,
  groups: ReadonlyMap<string, ReadonlySet<string>>,
  { threshold, bootstrap, distanceOf }: GroupOptions,
): GroupResult[] {
  const { distances, same } = measurePairs(faces, list, distanceOf);
  return [...groups].map(([group, names]) => {
    const member = faces.people.map((name) => names.has(name));
    const isMember = (face: number): boolean => member[faces.person[face] as number] === true;
    const chosen = Array.from(list.left, (_, i) => i).filter(
      (i) => isMember(list.left[i] as number) && isMember(list.right[i] as number),
    );
    const numbers = new Map(member.flatMap((is, person) => (is ? [person] : [])).map((person, i) => [person, i]));
    const personOf = (face: number): number => numbers.get(faces.person[face] as number) as number;
    const pairs = {
      distances: chosen.map((i) => distances[i] as number),
      left: chosen.map((i) => personOf(list.left[i] as number)),
      right: chosen.map((i) => personOf(list.right[i] as number)),
      people: numbers.size,
    };
    const roc = computeRoc(
      pairs.distances,
      chosen.map((i) => same[i] as boolean),
    );
    const intervals = bootstrapByPerson(
      pairs,
      { val: (resample) => valAtThreshold(resample.roc, threshold), far: (resample) => farAtThreshold(resample.roc, threshold) },
      bootstrap,
    );
    const { samePairs, differentPairs } = roc;
    return {
      group,
      people: numbers.size,
      samePairs,
      differentPairs,
      threshold,
      val: samePairs === 0 ? null : valAtThreshold(roc, threshold),
      valInterval: samePairs === 0 ? null : intervals.val,
      measuredFar: differentPairs === 0 ? null : farAtThreshold(roc, threshold),
      farInterval: differentPairs === 0 ? null : intervals.far,
    };
  });
}

/**
 * As `groupResults`, on every pair of a set.
 *
 * @returns a FAR has no interval where more pairs than are kept pass the threshold; rates by counts in bins of 2^-14
 * @throws the signal's reason
 */
export async function groupResultsOfEveryPair(
  faces: FaceSet,
  groups: ReadonlyMap<string, ReadonlySet<string>>,
  { threshold, bootstrap, stream }: GroupOptions & { readonly stream: StreamOptions },
): Promise<GroupResult[]> {
  const results: GroupResult[] = [];
  for (const [group, names] of groups) {
    const isMember = faces.people.map((name) => names.has(name));
    const own = [...faces.images.keys()].filter((face) => isMember[faces.person[face] as number]);
    results.push({ group, threshold, ...(await rates(selectFaces(faces, own), threshold, bootstrap, stream)) });
  }
  return results;
}

async function rates(
  faces: FaceSet,
  threshold: number,
  bootstrap: BootstrapOptions,
  stream: StreamOptions,
): Promise<Omit<GroupResult, "group" | "threshold">> {
  const nothing = { val: null, valInterval: null, measuredFar: null, farInterval: null };
  const people = faces.people.length;
  if (faces.images.length < 2) return { people, samePairs: 0, differentPairs: 0, ...nothing };
  const { measured, pairs, limit = 4, differentPairs } = await keepPairs(faces, stream);
  const { samePairs, differentPairs: strangers } = measured;
  const intervals = bootstrapByPerson(
    pairs,
    {
      val: ({ roc }) => valAtThreshold(roc, threshold),
      far: ({ roc }) => (threshold <= limit ? farAtThreshold(roc, threshold) : Number.NaN),
    },
    bootstrap,
    differentPairs,
  );
  const { trueAccepts, falseAccepts } = acceptsAt(measured, threshold);
  return {
    people,
    samePairs,
    differentPairs: strangers,
    val: samePairs === 0 ? null : trueAccepts / samePairs,
    valInterval: samePairs === 0 ? null : intervals.val,
    measuredFar: strangers === 0 ? null : falseAccepts / strangers,
    farInterval: strangers === 0 ? null : intervals.far,
  };
}

/** A model's faces of a folder. */
export type JudgedSet = { readonly model: string; readonly faces: FaceSet };

/**
 * As `pairedSignificance`, on every pair of the images that both models could measure. Whether single pairs are judged rightly by
 * one and not by the other is not asked: of so many pairs that share their people, McNemar's test would make a proof of anything.
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
