/** A growing gallery: clustering again with the people of the previous run, and stable labels. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computeKnnGraph } from "../../test/naive-knn-graph.ts";
import { agglomerative } from "./agglomerative.ts";
import { stableLabels } from "./stable-labels.ts";

/** Unit vectors in the plane, [n, 2], from angles in degrees. */
const atAngles = (degrees: readonly number[]) =>
  Float32Array.from(degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]));

type State = { readonly people: Int32Array; readonly nextPerson: number };
const empty: State = { people: new Int32Array(), nextPerson: 1 };

/** One run over all faces, with those of the previous run first. */
function run(angles: readonly number[], before: State, rejections: { face: number; person: number }[] = []): State {
  const vectors = atAngles(angles);
  const previous = Int32Array.from(angles, (_, face) => before.people[face] ?? -1);
  for (const { face, person } of rejections) if (previous[face] === person) previous[face] = -1;
  const labels = agglomerative(computeKnnGraph(vectors, 2, 5), vectors, { thresholdSquaredL2: 0.1, previous });
  return stableLabels(labels, { previous, rejections, nextPerson: before.nextPerson });
}

describe("clustering again", () => {
  it("adds new faces to existing people, and new people after them", () => {
    const first = run([0, 100, 2, 102], empty);
    expect(Array.from(first.people)).toEqual([1, 2, 1, 2]);
    expect(Array.from(run([0, 100, 2, 102, 200, 101, 1], first).people)).toEqual([1, 2, 1, 2, 3, 2, 1]);
  });

  it("keeps a face away from a rejected person, in this run and the next", () => {
    const first = run([0, 1, 2], empty);
    const rejections = [{ face: 1, person: 1 }];
    const second = run([0, 1, 2], first, rejections);
    expect(second.people[1]).not.toBe(1);
    expect(run([0, 1, 2, 3], second, rejections).people[1]).not.toBe(1);
  });

  it("keeps every person's faces together under a previous id of theirs", () => {
    const angles = fc.array(fc.integer({ min: 0, max: 359 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(angles, angles, (old, added) => {
        const first = run(old, empty);
        const second = run([...old, ...added], first);
        for (const [person, faces] of Map.groupBy(first.people.keys(), (face) => first.people[face] as number)) {
          const now = new Set(faces.map((face) => second.people[face] as number));
          expect(now.size).toBe(1);
          const [id] = now;
          if (id !== person) expect(first.people).toContain(id);
        }
      }),
    );
  });
});
