import { expect, it } from "vitest";
import { encodeBytes } from "../metric/byte-code.ts";
import { normalize } from "../metric/distance.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { groupsOf, NOBODY } from "./calibration-groups.ts";

const [DIMENSIONS, SCALE] = [32, 0.7 / 127];
const random = seededRandom(3);
const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const direction = (): Float32Array => normalize(Float32Array.from({ length: DIMENSIONS }, gauss));
const near = (vector: Float32Array, by: number): Float32Array =>
  normalize(vector.map((value) => value + (by * gauss()) / Math.sqrt(DIMENSIONS)));

it("joins a person's faces even if a burst has more faces than the graph has neighbours", async () => {
  const people = [direction(), direction()];
  const faces = people.flatMap((person, who) =>
    Array.from({ length: 4 }, () => near(person, 0.55)).flatMap((moment) =>
      Array.from({ length: 30 }, () => ({ who, code: encodeBytes(near(moment, 0.02), SCALE) })),
    ),
  );
  const stranger = { who: 2, code: encodeBytes(direction(), SCALE) };
  const all = [...faces, stranger];
  const coded = { codes: all.map(({ code }) => code), dimensions: DIMENSIONS, codeScale: SCALE };
  const groups = await groupsOf(
    { ...coded, photographs: [...all.keys()], people: all.map(() => NOBODY) },
    { surely: 0.9, likely: 0.9 },
  );
  const ofPerson = Map.groupBy(groups.keys(), (face) => all[face]?.who);
  expect([...ofPerson].map(([who, own]) => [who, new Set(own.map((face) => groups[face])).size])).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
  ]);
  expect(groups.at(-1)).toBe(NOBODY);

  // a person shown twice in a photograph stays one; two who are only likely one person stay apart if a photograph shows both
  const photographs = all.map((_, i) => (i === 0 || i === 40 ? 0 : i + 1));
  const mirrored = await groupsOf({ ...coded, photographs, people: all.map(() => NOBODY) }, { surely: 0.9, likely: 0.9 });
  expect(mirrored[0]).toBe(mirrored[40]);
  const kin = await groupsOf({ ...coded, photographs, people: all.map(() => NOBODY) }, { surely: 0.1, likely: 0.9 });
  expect(kin[0]).not.toBe(kin[40]);

  // corrections take precedence over similarity
  const places = [...all.keys()];
  const said = await groupsOf(
    { ...coded, photographs: places, people: places.map(() => NOBODY), said: { mustLink: [[0, 130]], cannotLink: [[125, 155]] } },
    { surely: 0.9, likely: 0.9 },
  );
  expect(said[0]).toBe(said[130]);
  expect(said[125]).not.toBe(said[155]);
});
