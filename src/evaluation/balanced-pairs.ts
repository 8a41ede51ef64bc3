/** A list of random pairs, as many of one person as of two, in folds that share no person: LFW's design for any faces. */
import type { FaceSet } from "./face-set.ts";
import { dealPeople, facesByPerson } from "./people-folds.ts";
import { type PairList, pairListOf } from "./verification.ts";

/** Draws before a pair is given up as one of those that are already in the list. */
const PATIENCE = 100;

/**
 * Draws pairs without repeating one, as LFW's were drawn: a person with several faces at random, then two of the faces;
 * two people at random, then a face of each.
 *
 * @param count of each kind, rounded down to a multiple of the folds
 * @param options.folds at most; see `dealPeople`
 * @throws RangeError where there are not as many different pairs of a kind, or none
 */
export function drawBalancedPairs(
  { person, people }: Pick<FaceSet, "person" | "people">,
  count: number,
  { folds: wanted, random }: { readonly folds: number; readonly random: () => number },
): PairList {
  const facesOf = facesByPerson(person, people.length);
  const folds = dealPeople(
    facesOf.map((faces) => faces.length),
    Math.min(wanted, count),
    random,
  );
  const rows: [left: number, right: number, fold: number][] = [];
  for (const [fold, own] of folds.entries()) {
    const share = Math.floor(count / folds.length);
    const drawers = { same: samePairDrawer(own, facesOf, random), different: differentPairDrawer(own, facesOf, random) };
    for (const [kind, draw] of Object.entries(drawers)) {
      const taken = new Set<string>();
      while (taken.size < share) {
        const pair = drawNew(draw, taken);
        if (!pair)
          throw new RangeError(`fold ${fold + 1}: ${share} ${kind} pairs wanted, only about ${taken.size} are there to be drawn`);
        rows.push([...pair, fold + 1]);
      }
    }
  }
  return pairListOf(rows);
}

type Draw = () => [left: number, right: number];

function drawNew(draw: Draw, taken: Set<string>): [number, number] | undefined {
  for (let attempt = 0; attempt < PATIENCE; attempt++) {
    const [a, b] = draw().sort((x, y) => x - y) as [number, number];
    const key = `${a} ${b}`;
    if (taken.has(key)) continue;
    taken.add(key);
    return [a, b];
  }
  return undefined;
}

function samePairDrawer(people: readonly number[], facesOf: readonly (readonly number[])[], random: () => number): Draw {
  const several = people.filter((person) => (facesOf[person]?.length ?? 0) > 1);
  return () => {
    const faces = facesOf[several[Math.floor(random() * several.length)] as number] as readonly number[];
    const first = Math.floor(random() * faces.length);
    const other = Math.floor(random() * (faces.length - 1));
    return [faces[first] as number, faces[other < first ? other : other + 1] as number];
  };
}

function differentPairDrawer(people: readonly number[], facesOf: readonly (readonly number[])[], random: () => number): Draw {
  const faceOf = (person: number): number => {
    const faces = facesOf[person] as readonly number[];
    return faces[Math.floor(random() * faces.length)] as number;
  };
  return () => {
    const first = Math.floor(random() * people.length);
    const other = Math.floor(random() * (people.length - 1));
    return [faceOf(people[first] as number), faceOf(people[other < first ? other : other + 1] as number)];
  };
}
