/** Splits people into disjoint folds, and draws random pairs within them. */
import { shuffled } from "../metric/seeded-random.ts";
import type { FaceSet } from "./face-set.ts";
import { type PairList, pairListOf } from "./verification.ts";

/** Faces of people, or people of folds, as indices in the source lists. */
export type PeopleFolds = readonly (readonly number[])[];

/**
 * Deals people to folds in alternating order, people with most faces first and equal ones in random order, so that folds have
 * similar numbers of same pairs.
 *
 * @param facesOf [people] number of faces of each
 * @param wanted maximum number of folds; fewer if there are too few people for two people and one same pair in each
 * @throws RangeError if not even one fold has pairs of both kinds
 */
export function dealPeople(facesOf: readonly number[], wanted: number, random: () => number): PeopleFolds {
  const people = shuffled(
    facesOf.map((_, person) => person).filter((person) => (facesOf[person] as number) > 0),
    random,
  );
  const withPairs = people.filter((person) => (facesOf[person] as number) > 1);
  const alone = people.filter((person) => (facesOf[person] as number) === 1);
  if (people.length < 2) throw new RangeError(`different pairs require two people, got ${people.length}`);
  if (withPairs.length === 0) throw new RangeError("same pairs require a person with two faces, got none");
  const count = Math.max(1, Math.min(wanted, withPairs.length, Math.floor(people.length / 2)));
  const folds: number[][] = Array.from({ length: count }, () => []);
  withPairs.sort((a, b) => (facesOf[b] as number) - (facesOf[a] as number));
  for (const [turn, person] of [...withPairs, ...alone].entries()) {
    const place = turn % count;
    folds[Math.floor(turn / count) % 2 === 0 ? place : count - 1 - place]?.push(person);
  }
  return folds;
}

/** [people] indices of each person's faces. */
export function facesByPerson(person: ArrayLike<number>, people: number): number[][] {
  const faces: number[][] = Array.from({ length: people }, () => []);
  for (let face = 0; face < person.length; face++) faces[person[face] as number]?.push(face);
  return faces;
}

/** Consecutive repeated draws before giving up on a new pair. */
const PATIENCE = 100;

/**
 * Draws distinct pairs as in LFW: for same pairs, a random person with several faces, then two of the faces; for different pairs,
 * two random people, then a face of each.
 *
 * @param count of each kind, rounded down to a multiple of the folds
 * @param options.folds maximum number of folds; see `dealPeople`
 * @throws RangeError if there are too few distinct pairs of a kind
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
        if (!pair) throw new RangeError(`fold ${fold + 1}: ${share} ${kind} pairs requested, but only about ${taken.size} exist`);
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
