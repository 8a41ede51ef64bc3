/** People shared out over folds, so that no person is in two of them: what was picked on one fold knows nobody of another. */

/** Faces of each person, and the people of each fold, are places in the lists they were made from. */
export type PeopleFolds = readonly (readonly number[])[];

/**
 * Deals people out like cards, to and fro, those with most faces first and equals in random order: the folds hold about
 * as many pairs of one person.
 *
 * @param facesOf [people] how many faces each has
 * @param wanted folds, at most; fewer where there are too few people for two people and one pair of one person in each
 * @throws RangeError where not even one fold has pairs of both kinds
 */
export function dealPeople(facesOf: readonly number[], wanted: number, random: () => number): PeopleFolds {
  const people = shuffled(
    facesOf.map((_, person) => person).filter((person) => (facesOf[person] as number) > 0),
    random,
  );
  const withPairs = people.filter((person) => (facesOf[person] as number) > 1);
  const alone = people.filter((person) => (facesOf[person] as number) === 1);
  if (people.length < 2) throw new RangeError(`pairs of two people need two people, got ${people.length}`);
  if (withPairs.length === 0) throw new RangeError("pairs of one person need a person with two faces, got none");
  const count = Math.max(1, Math.min(wanted, withPairs.length, Math.floor(people.length / 2)));
  const folds: number[][] = Array.from({ length: count }, () => []);
  withPairs.sort((a, b) => (facesOf[b] as number) - (facesOf[a] as number));
  for (const [turn, person] of [...withPairs, ...alone].entries()) {
    const place = turn % count;
    folds[Math.floor(turn / count) % 2 === 0 ? place : count - 1 - place]?.push(person);
  }
  return folds;
}

/** In random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j] as T, mixed[i] as T];
  }
  return mixed;
}

/** [people] the places of each person's faces. */
export function facesByPerson(person: ArrayLike<number>, people: number): number[][] {
  const faces: number[][] = Array.from({ length: people }, () => []);
  for (let face = 0; face < person.length; face++) faces[person[face] as number]?.push(face);
  return faces;
}
