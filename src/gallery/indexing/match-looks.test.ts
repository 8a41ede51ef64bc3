import fc from "fast-check";
import { expect, it } from "vitest";
import type { Box, Landmarks, Point } from "../../schemas/face.ts";
import type { Look } from "../store/gallery-store.ts";
import { matchLooks } from "./match-looks.ts";

type Change = { turns: number; mirrored: boolean; scale: number; crop: Box };

const SIZE = { width: 1000, height: 600 };
/** Codes of four people, far apart. */
const code = (person: number, noise: number): Int8Array => {
  const values = new Int8Array(8).fill(noise);
  values[person] = 100;
  return values;
};

function lookOf(people: readonly { person: number; box: Box }[], noise = 0): Look {
  const faces = people.map(({ person, box }, i) => ({ id: i + 1, box, landmarks: landmarksIn(box), code: code(person, noise) }));
  return { photograph: 1, ...SIZE, takenAt: null, faces };
}

function landmarksIn({ x, y, width, height }: Box): Landmarks {
  const at = (u: number, v: number): Point => ({ x: x + u * width, y: y + v * height });
  return {
    leftEye: at(0.3, 0.4),
    rightEye: at(0.72, 0.38),
    nose: at(0.55, 0.6),
    leftMouth: at(0.35, 0.8),
    rightMouth: at(0.7, 0.8),
  };
}

/** The same photograph rotated, mirrored, cropped and scaled, with codes changed within `noise`. */
function changed(look: Look, { turns, mirrored, scale, crop }: Change, noise: number): Look {
  const size = turns % 2 === 0 ? crop : { width: crop.height, height: crop.width };
  const at = (point: Point): Point => {
    let [x, y] = [point.x - crop.x, point.y - crop.y];
    if (mirrored) x = crop.width - x;
    let [width, height] = [crop.width, crop.height];
    for (let i = 0; i < turns; i++) {
      [x, y] = [height - y, x];
      [width, height] = [height, width];
    }
    return { x: x * scale, y: y * scale };
  };
  const faces = look.faces.map(({ id, box, landmarks, code: before }) => {
    const [a, b] = [at(box), at({ x: box.x + box.width, y: box.y + box.height })];
    const points = Object.fromEntries(Object.entries(landmarks).map(([name, point]) => [name, at(point)])) as Landmarks;
    const { leftEye, rightEye, leftMouth, rightMouth, nose } = points;
    const swapped = { leftEye: rightEye, rightEye: leftEye, leftMouth: rightMouth, rightMouth: leftMouth, nose };
    return {
      id: id + 100,
      box: { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) },
      landmarks: mirrored ? swapped : points,
      code: before?.map((value) => (value === 0 ? noise : value)) ?? null,
    };
  });
  return { photograph: 2, width: size.width * scale, height: size.height * scale, takenAt: null, faces };
}

const people = fc
  .uniqueArray(fc.nat(3), { minLength: 1, maxLength: 4 })
  .chain((who) =>
    fc.tuple(
      ...who.map((person, i) =>
        fc.record({
          person: fc.constant(person),
          x: fc.integer({ min: 200 + i * 150, max: 220 + i * 150 }),
          y: fc.integer({ min: 100, max: 380 }),
          side: fc.integer({ min: 40, max: 100 }),
        }),
      ),
    ),
  )
  .map((all) => all.map(({ person, x, y, side }) => ({ person, box: { x, y, width: side, height: side * 1.2 } })));
const change = fc.record({
  turns: fc.nat(3),
  mirrored: fc.boolean(),
  scale: fc.double({ min: 0.3, max: 2, noNaN: true }),
  crop: fc.constantFrom({ x: 0, y: 0, ...SIZE }, { x: 150, y: 60, width: 700, height: 500 }),
});

it("every face is matched after rotating, mirroring, scaling and cropping, and keeps its number", () => {
  fc.assert(
    fc.property(people, change, fc.integer({ min: -8, max: 8 }), (all, how, noise) => {
      const old = lookOf(all);
      const match = matchLooks(old, changed(old, how, noise), 0.5);
      expect(match?.placements.map(({ face, onto }) => [face, onto]).sort()).toEqual(
        old.faces.map(({ id }) => [id, id + 100]).sort(),
      );
    }),
  );
});

it("nobody is matched with another person at the same position", () => {
  fc.assert(
    fc.property(people, change, (all, how) => {
      const old = lookOf(all);
      const others = lookOf(all.map(({ box, person }) => ({ box, person: person + 4 })));
      expect(matchLooks(old, changed(others, how, 0), 0.5)).toBeUndefined();
    }),
  );
});

it("a face at the same position with a different landmark layout is another photograph of the person", () => {
  const old = lookOf([{ person: 1, box: { x: 300, y: 200, width: 100, height: 120 } }]);
  const [face] = old.faces;
  if (!face) throw new TypeError("the look has a face");
  const turned = { ...face.landmarks, nose: { x: face.landmarks.nose.x + 40, y: face.landmarks.nose.y - 20 } };
  const now = { ...old, photograph: 2, faces: [{ ...face, landmarks: turned }] };
  expect(matchLooks(old, now, 0.5)).toBeUndefined();
});

it("an undetected face gets its position from the other faces' transformation; a cropped one gets none", () => {
  const old = lookOf([
    { person: 0, box: { x: 200, y: 200, width: 80, height: 96 } },
    { person: 1, box: { x: 400, y: 220, width: 80, height: 96 } },
    { person: 2, box: { x: 850, y: 220, width: 80, height: 96 } },
  ]);
  const now = changed(old, { turns: 1, mirrored: false, scale: 0.5, crop: { x: 100, y: 100, width: 600, height: 400 } }, 2);
  const match = matchLooks(old, { ...now, faces: now.faces.slice(0, 1) }, 0.5);
  expect(match?.placements.map(({ face, onto }) => [face, onto])).toEqual([
    [1, 101],
    [2, null],
  ]);
  expect(match?.placements[1]?.box.x).toBeCloseTo(now.faces[1]?.box.x as number, 3);
  expect(match?.placements[1]?.box.y).toBeCloseTo(now.faces[1]?.box.y as number, 3);
});
