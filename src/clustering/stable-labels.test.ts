import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type StableLabelsOptions, stableLabels } from "./stable-labels.ts";

const peopleOf = (labels: number[], options: StableLabelsOptions) =>
  Array.from(stableLabels(Int32Array.from(labels), options).people);

describe("stableLabels", () => {
  it("keeps ids of people whatever the cluster numbers, and gives new people new ids", () => {
    const { people, nextPerson } = stableLabels(Int32Array.of(1, 1, 0, 2, 2), { previous: [7, 7, 4, -1, -1], nextPerson: 9 });
    expect(Array.from(people)).toEqual([7, 7, 4, 9, 9]);
    expect(nextPerson).toBe(10);
  });

  it("gives the id of a split person to the larger part", () => {
    expect(peopleOf([0, 1, 1], { previous: [7, 7, 7], nextPerson: 9 })).toEqual([9, 7, 7]);
  });

  it("gives merged people the id of the person with most faces, or the older id on ties", () => {
    expect(peopleOf([0, 0, 0], { previous: [3, 7, 7], nextPerson: 9 })).toEqual([7, 7, 7]);
    expect(peopleOf([0, 0], { previous: [7, 3], nextPerson: 9 })).toEqual([3, 3]);
  });

  it("prefers users' assignments over previous clusters", () => {
    expect(peopleOf([0, 0, 0], { previous: [7, 7, 3], fixed: [-1, -1, 3], nextPerson: 9 })).toEqual([3, 3, 3]);
  });

  it("does not count a face assigned to one person for another", () => {
    const given = { previous: [0, 0, 4], fixed: [0, -1, 0], rejections: [{ face: 1, person: 4 }] };
    expect(peopleOf([0, 3, 3], { ...given, nextPerson: 9 })).toEqual([0, 9, 0]);
    expect(peopleOf([0, 3, 3], { ...given, previous: [0, 9, 0], nextPerson: 10 })).toEqual([0, 9, 0]);
  });

  it("leaves a face without a person rather than with a rejected one", () => {
    expect(peopleOf([0, 0, 0], { previous: [7, 7, -1], rejections: [{ face: 2, person: 7 }], nextPerson: 9 })).toEqual([
      7, 7, -1,
    ]);
  });

  it("creates no people from small clusters and unclustered faces", () => {
    expect(peopleOf([0, 1, 1, -1], { previous: [-1, -1, -1, 7], nextPerson: 9, minFaces: 2 })).toEqual([-1, 9, 9, -1]);
  });

  it("assigns an id to at most one cluster, is idempotent, and respects corrections", () => {
    const id = fc.integer({ min: -1, max: 4 });
    const face = fc.record({
      label: id,
      previous: id,
      fixed: fc.oneof({ weight: 4, arbitrary: fc.constant(-1) }, id),
      rejected: id,
    });
    fc.assert(
      fc.property(fc.array(face, { maxLength: 30 }), (faces) => {
        const labels = Int32Array.from(faces, ({ label }) => label);
        const fixed = faces.map((face) => face.fixed);
        const rejections = faces
          .map(({ rejected }, index) => ({ face: index, person: rejected }))
          .filter(({ person }) => person >= 0);
        const { people, nextPerson } = stableLabels(labels, {
          previous: faces.map(({ previous }) => previous),
          fixed,
          rejections,
          nextPerson: 5,
        });
        const clusterOf = new Map<number, number>();
        for (const [i, person] of people.entries()) {
          if ((fixed[i] as number) >= 0) expect(person).toBe(fixed[i]);
          else {
            if (person >= 0) expect(clusterOf.get(person) ?? labels[i]).toBe(labels[i]);
            if (person >= 0) clusterOf.set(person, labels[i] as number);
            if (faces[i]?.rejected !== -1) expect(person).not.toBe(faces[i]?.rejected);
          }
        }
        const again = stableLabels(labels, { previous: people, fixed, rejections, nextPerson });
        expect(again.people).toEqual(people);
      }),
    );
  });
});
