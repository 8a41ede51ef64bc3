/**
 * Spoilers of the stranger pairs of a simulated album: photographs that show one person twice, repeated photographs, and people
 * who are not random strangers. They are added to an album whose own photographs are unchanged, so that the effect of a spoiler
 * is not confused with that of a different sample.
 */
import { normalize } from "../src/metric/distance.ts";
import { type Album, oneOf } from "./album-simulation.ts";

export const SPOILERS = [
  "mirrors and panoramas",
  "posters",
  "collages",
  "contact sheets",
  "bursts",
  "one couple",
  "family",
] as const;
export type Spoiler = (typeof SPOILERS)[number];

/** Faces to add: of a person, in an existing or new photograph. */
type Added = { readonly vector: Float32Array; readonly photograph: number; readonly person: number };

/** Shares of photographs that show a person a second time, and that are repeated up to nine times. */
const [TWICE, AGAIN] = [0.02, 0.1];
/** Variation between two pictures of the same moment, relative to the length of an embedding. */
const MOMENT = 0.1;
/** Collages and contact sheets per hundred photographs. */
const SHEETS = 0.5;
/**
 * Every tenth person has kin, mixed with this share. Two of a pair are then as close as the model's closest 0.1 % of strangers.
 */
const [KIN, LIKE] = [10, 0.4];

export function spoiled(album: Album, spoiler: Spoiler, random: () => number): Album {
  const { vectors, photographs, people, cast, faceOf, lightOf } = album;
  const count = (photographs.at(-1) ?? -1) + 1;
  const facesOf = [...Map.groupBy(photographs.keys(), (face) => photographs[face]).values()];
  const again = (face: number, photograph: number): Added => ({
    vector: jittered(vectors[face] as Float32Array, random),
    photograph,
    person: people[face] as number,
  });
  const anew = (person: number, photograph: number, light = lightOf(random)): Added => ({
    vector: faceOf(person, light, random),
    photograph,
    person,
  });
  const added: Added[] = [];
  let next = count;
  switch (spoiler) {
    case "mirrors and panoramas":
      for (const [photograph, own] of facesOf.entries()) if (random() < TWICE) added.push(again(oneOf(own, random), photograph));
      break;
    case "posters":
      for (const [photograph, own] of facesOf.entries())
        if (random() < TWICE) added.push(anew(people[oneOf(own, random)] as number, photograph));
      break;
    case "collages": // one person four times, and another person
      for (let i = 0; i < (SHEETS * count) / 100; i++, next++) {
        const [one, other] = [oneOf(people, random), oneOf(people, random)];
        for (const person of [one, one, one, one, other]) added.push(anew(person, next));
      }
      break;
    case "contact sheets": // nine consecutive photographs, on a screen
      for (let i = 0; i < (SHEETS * count) / 100; i++, next++) {
        const first = Math.floor(random() * Math.max(1, count - 9));
        for (const face of facesOf.slice(first, first + 9).flat()) added.push(again(face, next));
        for (const face of facesOf[first] ?? []) added.push(again(face, next));
      }
      break;
    case "bursts":
      for (const own of facesOf)
        if (random() < AGAIN)
          for (let shot = 1 + Math.floor(random() * 9); shot > 0; shot--, next++)
            for (const face of own) added.push(again(face, next));
      break;
    case "one couple":
      for (let i = 0; i < 500; i++, next++) {
        const light = lightOf(random);
        added.push(anew(0, next, light), anew(1, next, light));
      }
      break;
    case "family": // in all their photographs, and in joint ones
      return withKin(album, random);
    default:
      spoiler satisfies never;
  }
  return extended(album, vectors, added, cast);
}

function withKin(album: Album, random: () => number): Album {
  const { cast, people, lightOf, faceOf } = album;
  const kinOf = new Map<number, number>();
  for (let person = 0; person + 1 < cast.length; person += 2 * KIN) {
    kinOf.set(person, person + 1);
    kinOf.set(person + 1, person);
  }
  const like = (vector: Float32Array, person: number): Float32Array => {
    const kin = kinOf.get(person);
    return kin === undefined
      ? vector
      : normalize(vector.map((value, k) => value + LIKE * ((cast[kin] as Float32Array)[k] as number)));
  };
  const seen = Map.groupBy(people, (person) => person);
  const added: Added[] = [];
  let next = (album.photographs.at(-1) ?? -1) + 1;
  for (const [person, kin] of kinOf)
    for (let times = (seen.get(person) ?? []).length / 2; person < kin && times > 0; times--, next++) {
      const light = lightOf(random);
      for (const one of [person, kin])
        added.push({ vector: like(faceOf(one, light, random), one), photograph: next, person: one });
    }
  return extended(
    album,
    album.vectors.map((vector, face) => like(vector, people[face] as number)),
    added,
    cast,
  );
}

function extended(album: Album, vectors: readonly Float32Array[], added: readonly Added[], cast: Album["cast"]): Album {
  return {
    ...album,
    cast,
    vectors: [...vectors, ...added.map(({ vector }) => vector)],
    photographs: [...album.photographs, ...added.map(({ photograph }) => photograph)],
    people: [...album.people, ...added.map(({ person }) => person)],
  };
}

function jittered(vector: Float32Array, random: () => number): Float32Array {
  const each = MOMENT / Math.sqrt(vector.length);
  return normalize(
    vector.map((value) => value + each * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())),
  );
}
