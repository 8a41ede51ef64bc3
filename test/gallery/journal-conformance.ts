/** Conformance tests of gallery stores for changes to people: each is a step that is undone and redone exactly. */
import { describe, expect, it } from "vitest";
import type { GalleryStore } from "../../src/gallery/store/gallery-store.ts";
import { seededRandom } from "../../src/metric/seeded-random.ts";
import type { Correction } from "../../src/schemas/gallery.ts";
import { testFace, testFile } from "./test-files.ts";

type Random = () => number;
const PHOTOGRAPHS = 8;
const NAMES = ["Ada", "Bea", "Cleo", "Dan", "Eve"];

export function describeJournal(opened: () => GalleryStore): void {
  describe("the journal", () => {
    it("undoes and redoes random changes exactly", async () => {
      const store = opened();
      for (let i = 0; i < PHOTOGRAPHS; i++)
        await store.recordFile(testFile(`${i}.jpg`, [testFace(i, 1, 0, 0), testFace(i, 0, 1, 0), testFace(i, 0, 0, 1)]));
      const random = seededRandom(7);
      const states = [await stateOf(store)];
      let at = 0;
      let changes = 0;
      for (let step = 0; step < 220; step++) {
        const kind = random();
        if (kind < 0.25) {
          const undone = await store.undo();
          expect(undone === undefined).toBe(at === 0);
          at = Math.max(0, at - 1);
        } else if (kind < 0.45) {
          const redone = await store.redo();
          expect(redone === undefined).toBe(at === states.length - 1);
          at = Math.min(states.length - 1, at + 1);
        } else if (await change(store, random)) {
          states.length = ++at;
          states.push(await stateOf(store));
          changes++;
        }
        expect(await stateOf(store)).toEqual(states[at]);
        expect(await store.statistics()).toMatchObject({ corrections: at, undone: states.length - 1 - at });
      }
      expect(changes).toBeGreaterThan(60);
      while (await store.undo()) at--;
      expect(at).toBe(0);
      expect(await stateOf(store)).toEqual(states[0]);
      while (await store.redo()) at++;
      expect(await stateOf(store)).toEqual(states[at]);
    });

    it("records who made a change, and discards redo steps after a new one", async () => {
      const store = opened();
      const { faces } = await store.recordFile(testFile("a.jpg", [testFace(1, 0, 0, 0), testFace(0, 1, 0, 0)]));
      const made = await store.correct({ kind: "create", name: "Ada", faces: [...faces] }, { by: "mia" });
      const named = await store.correct({ kind: "name", person: made.person as number, name: "Eve" });
      expect((await store.corrections(5)).map(({ by }) => by)).toEqual([null, "mia"]);
      expect(await store.undo(made.id)).toBeUndefined(); // another was made since
      expect(await store.undo(named.id)).toEqual(named);
      expect(await store.corrections(5, { undone: true })).toEqual([named]);
      expect(await store.redo(made.id)).toBeUndefined();
      await store.correct({ kind: "hide", person: made.person as number, hidden: true });
      expect(await store.redo()).toBeUndefined();
    });

    it("undoes a clustering run completely, with the people it created and removed", async () => {
      const store = opened();
      const { faces } = await store.recordFile(testFile("a.jpg", [testFace(1), testFace(2), testFace(3), testFace(4)]));
      await store.regroup([{ faces: faces.slice(0, 2), person: "new" }]);
      const before = await stateOf(store);
      const run = await store.regroup([{ faces: [...faces], person: "new" }], { reset: true, by: "mia" });
      expect(run).toMatchObject({ by: "mia", correction: { kind: "cluster", faces: 4, newPeople: 1, reset: true } });
      expect((await store.people()).map((person) => person.faces)).toEqual([4]);
      expect(await store.undo()).toEqual(run);
      expect(await stateOf(store)).toEqual(before);
      expect(await store.regroup([])).toBeUndefined();
    });

    it("undoes changes in several transactions as one step", async () => {
      const store = opened();
      const { faces } = await store.recordFile(testFile("a.jpg", [testFace(1), testFace(2), testFace(3)]));
      const before = await stateOf(store);
      const step = store.openStep({ kind: "import", file: "faces.jsonl" });
      const person = (await step.correct({ kind: "create", name: "Ada", faces: [] })) as number;
      await step.correct({ kind: "assign", person, faces: faces.slice(0, 1) });
      await step.regroup([{ faces: faces.slice(1), person }]);
      const after = await stateOf(store);
      expect(await store.corrections(5)).toMatchObject([{ correction: { kind: "import" } }]);
      await store.undo();
      expect(await stateOf(store)).toEqual(before);
      await store.redo();
      expect(await stateOf(store)).toEqual(after);
      await store.correct({ kind: "name", person, name: "Eve" });
      await step.correct({ kind: "name", person, name: "Zoe" }); // somebody else came between
      expect((await store.corrections(5)).map(({ correction }) => correction.kind)).toEqual(["import", "name", "import"]);
    });

    it("skips faces and photographs forgotten in the meantime", async () => {
      const store = opened();
      const one = await store.recordFile(testFile("a.jpg", [testFace(1), testFace(2)]));
      const two = await store.recordFile(testFile("b.jpg", [testFace(3), testFace(4)]));
      const { person } = await store.correct({ kind: "create", name: "Ada", faces: [one.faces[0] as number, ...two.faces] });
      await store.correct({ kind: "cover", person: person as number, face: two.faces[0] as number });
      const link = { a: one.faces[0] as number, b: two.faces[0] as number, kind: "must" } as const;
      await store.correct({ kind: "link", links: [link] });
      await store.correct({ kind: "ignore", faces: [one.faces[1] as number, two.faces[1] as number], as: "stranger" });
      expect(await store.forgetPhotograph(two.photograph, { dryRun: true })).toEqual({ faces: 2, corrections: 2 });
      expect(await store.forgetPhotograph(two.photograph)).toEqual({ faces: 2, corrections: 2 });
      const left = await store.corrections(9);
      expect(left.map(({ correction }) => correction)).toEqual([
        { kind: "ignore", faces: [one.faces[1]], as: "stranger" },
        { kind: "create", name: "Ada", faces: [one.faces[0]] },
      ]);
      while (await store.undo());
      const { people, faces } = await stateOf(store);
      expect(people).toEqual([]);
      expect(faces).toEqual(one.faces.map((id) => [id, null, null, false, false]));
      while (await store.redo());
      expect(await store.people()).toMatchObject([{ name: "Ada", faces: 1, cover: null }]);
    });

    it("undoes a drawn face with its box and name, and restores it with the same id", async () => {
      const store = opened();
      const identity = { model: "net.one", detector: "finder.one", dimensions: 2, codeScale: 0.01, preprocessing: "p1" };
      await store.adopt(identity);
      const { photograph } = await store.recordFile(testFile("a.jpg", [testFace(1, 2)]));
      const before = await stateOf(store);
      const vector = Float32Array.of(0.25, -0.5);
      const named = await store.addDrawnFace(photograph, { ...testFace(3, -4), vector }, { name: "Ada", by: "mia" });
      const nameless = await store.addDrawnFace(photograph, { ...testFace(0, 0), embedded: false });
      expect(named.done).toMatchObject({ by: "mia", correction: { kind: "draw", faces: [named.face], name: "Ada" } });
      const all = async () => [await Array.fromAsync(store.faces()), await Array.fromAsync(store.codes())];
      const [after, everything] = [await stateOf(store), await all()];
      for (let turn = 0; turn < 2; turn++) {
        expect(await store.undo()).toEqual(nameless.done);
        expect(await store.face(nameless.face)).toBeUndefined();
        expect(await store.undo()).toEqual(named.done);
        expect(await stateOf(store)).toEqual(before);
        const other = await store.recordFile(testFile(`${turn}.jpg`, [testFace(9, 9)]));
        expect([named.face, nameless.face]).not.toContain(other.faces[0]);
        await store.forgetPhotograph(other.photograph, { mayReturn: true });
        expect(await store.redo()).toEqual(named.done);
        expect(await store.redo()).toEqual(nameless.done);
        expect(await stateOf(store)).toEqual(after);
        expect(await all()).toEqual(everything);
      }
      await store.undo();
      await store.undo();
      await store.forgetPhotograph(photograph);
      expect(await store.redo()).toBeUndefined(); // the journal keeps no embedding of a forgotten photograph
      expect(await store.check()).toEqual([]);
    });

    it("restores a drawn face without its embedding if the gallery has another model by then", async () => {
      const store = opened();
      const identity = { model: "net.one", detector: "finder.one", dimensions: 2, codeScale: 0.01, preprocessing: "p1" };
      await store.adopt(identity);
      const { photograph } = await store.recordFile(testFile("a.jpg", []));
      const { face } = await store.addDrawnFace(photograph, testFace(3, -4), { name: "Ada" });
      await store.undo();
      await store.startMigration({ ...identity, model: "net.two", dimensions: 4 });
      await store.finishMigration();
      await store.redo();
      expect(await store.face(face)).toMatchObject({ embedded: false, assignedBy: "user" });
      expect(await store.check()).toEqual([]);
    });

    it("forgets a person with all their corrections, and keeps those of others", async () => {
      const store = opened();
      const { faces } = await store.recordFile(testFile("a.jpg", [testFace(1), testFace(2), testFace(3), testFace(4)]));
      const [a, b, c, d] = faces as [number, number, number, number];
      await store.regroup([{ faces: [a, b], person: "new" }]);
      const ada = (await store.people())[0]?.id as number;
      await store.correct({ kind: "name", person: ada, name: "Ada" });
      const { person: bob } = await store.correct({ kind: "create", name: "Bob", faces: [b, c] });
      await store.correct({ kind: "reject", person: ada, faces: [d] });
      await store.correct({ kind: "hide", person: bob as number, hidden: true });
      await store.forgetPerson(ada);
      const kinds = (await store.corrections(9)).map(({ correction }) => correction.kind);
      expect(kinds).toEqual(["hide", "create", "cluster"]); // of the last what became of b
      await store.undo();
      await store.undo();
      expect(await store.people()).toEqual([]);
      expect((await stateOf(store)).faces.map((face) => face.slice(0, 2))).toEqual([b, c, d].map((id) => [id, null])); // b was hers, too: nobody's now
      await store.undo();
      expect(await store.undo()).toBeUndefined();
      const again = await store.correct({ kind: "enroll", name: "Ada", faces: [d] });
      expect(await store.person(again.person as number)).toMatchObject({ name: "Ada", faces: 1 });
    });

    it("leaves out ignored faces until another correction", async () => {
      const store = opened();
      const { faces } = await store.recordFile(testFile("a.jpg", [testFace(1, 0, 0, 0), testFace(0, 1, 0, 0)]));
      const [a, b] = faces as [number, number];
      await store.adopt({ model: "m", detector: "d", dimensions: 4, codeScale: 1, preprocessing: "p" });
      await store.regroup([{ faces: [a, b], person: "new" }]);
      await store.correct({ kind: "ignore", faces: [a, b], as: "no face" });
      expect(await store.people()).toEqual([]); // a group without a name is nothing without faces
      expect(await store.face(a)).toMatchObject({ ignored: true, notAFace: true, person: null });
      expect(await Array.fromAsync(store.codes())).toEqual([]);
      await store.regroup([{ faces: [a, b], person: "new" }]);
      expect(await store.statistics()).toMatchObject({ people: 0, ignoredFaces: 2, unassignedFaces: 0 });
      await store.correct({ kind: "ignore", faces: [a], as: null });
      await store.correct({ kind: "create", name: "Bea", faces: [b] });
      expect(await store.statistics()).toMatchObject({ ignoredFaces: 0, unassignedFaces: 1 });
      expect((await Array.fromAsync(store.faces({ named: true }))).map(({ id }) => id)).toEqual([b]);
    });

    it("shows the chosen cover while the face belongs to the person", async () => {
      const store = opened();
      const { faces } = await store.recordFile(testFile("a.jpg", [testFace(1), testFace(2), testFace(3)]));
      const { person } = await store.correct({ kind: "create", name: "Ada", faces: faces.slice(0, 2) });
      const ada = person as number;
      const cover = faces[1] as number;
      await store.correct({ kind: "cover", person: ada, face: cover });
      expect((await store.covers([ada])).get(ada)).toBe(cover);
      const stranger = store.correct({ kind: "cover", person: ada, face: faces[2] as number });
      await expect(stranger).rejects.toMatchObject({ code: "FACE_UNKNOWN" });
      await store.correct({ kind: "assign", faces: [cover], person: null });
      expect((await store.covers([ada])).get(ada)).toBe(faces[0]);
    });
  });
}

/** A random change to people. */
async function stateOf(store: GalleryStore) {
  const faces = await Array.fromAsync(store.faces());
  return {
    people: (await store.people()).sort((a, b) => a.id - b.id),
    faces: faces.map(({ id, person, assignedBy, ignored, notAFace }) => [id, person, assignedBy, ignored, notAFace]),
    rejections: await store.rejections(),
    links: await store.links(),
    undecided: (await store.undecided()).map((one) => JSON.stringify(one)).sort(),
  };
}

/** @returns whether it is a step of the journal */
async function change(store: GalleryStore, random: Random): Promise<boolean> {
  const faces = (await Array.fromAsync(store.faces())).map(({ id }) => id);
  const people = await store.people();
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const some = (from: readonly number[] = faces): number[] => [
    ...new Set(Array.from({ length: 1 + random() * 4 }, () => pick(from))),
  ];
  if (random() < 0.2) {
    const groups = Array.from({ length: 3 }, () => ({
      faces: some(),
      person: pick([null, "new", ...people.map(({ id }) => id)] as const),
    }));
    return (await store.regroup(groups, { reset: random() < 0.5 })) !== undefined;
  }
  if (people.length < 2) {
    await store.correct({ kind: "create", name: freeName(people), faces: some() });
    return true;
  }
  const [one, other] = [pick(people), pick(people)];
  const own = (await Array.fromAsync(store.faces({ person: one.id }))).map(({ id }) => id);
  const person = one.id;
  const corrections: (Correction | undefined)[] = [
    { kind: "create", name: random() < 0.5 ? null : freeName(people), faces: some() },
    { kind: "name", person, name: random() < 0.3 ? null : (freeName(people) ?? one.name) },
    { kind: "assign", faces: some(), person: random() < 0.3 ? null : person },
    { kind: "reject", faces: some(), person },
    other.id === person ? undefined : { kind: "merge", into: person, from: other.id },
    own.length === 0 ? undefined : { kind: "split", person, faces: some(own) },
    { kind: "link", links: [{ a: faces[0] as number, b: pick(faces.slice(1)), kind: pick(["must", "cannot"] as const) }] },
    { kind: "enroll", name: pick(NAMES), faces: some() },
    { kind: "ignore", faces: some(), as: pick(["stranger", "no face", null] as const) },
    { kind: "hide", person, hidden: random() < 0.6 },
    { kind: "cover", person, face: own.length === 0 ? null : pick(own) },
    { kind: "undecided", person, face: pick(faces) },
    other.id === person ? undefined : { kind: "undecided", person, group: other.id },
  ];
  const correction = pick(corrections);
  if (correction) await store.correct(correction);
  return correction !== undefined;
}

function freeName(people: readonly { readonly name: string | null }[]): string | null {
  return NAMES.find((name) => people.every((person) => person.name !== name)) ?? null;
}
