/** Applies corrections to people and faces. */
import { FaceNetError } from "../../../errors.ts";
import type { Correction } from "../../../schemas/gallery.ts";
import type { RecordedChanges } from "./recorded-changes.ts";

const USER = "user";
const IGNORED = { stranger: 1, "no face": 2 } as const;

type Of<K extends Correction["kind"]> = Extract<Correction, { kind: K }>;

/** @returns the person created, changed or kept, if any */
export async function applyCorrection(changes: RecordedChanges, correction: Correction): Promise<number | null> {
  const before = "faces" in correction ? await ownersOf(changes, correction.faces) : [];
  const person = await write(changes, correction);
  for (const owner of before) if (owner !== person) await dropIfEmpty(changes, owner);
  return person;
}

async function write(changes: RecordedChanges, correction: Correction): Promise<number | null> {
  switch (correction.kind) {
    case "create": {
      const person = await changes.createPerson(correction.name);
      await give(changes, correction.faces, person);
      return person;
    }
    case "name":
      await changes.changePerson(correction.person, { name: correction.name });
      return correction.person;
    case "assign":
      if (correction.person === null) await changes.assign(correction.faces, { person: null, by: null });
      else await give(changes, correction.faces, correction.person);
      return correction.person;
    case "enroll":
      return enroll(changes, correction);
    case "reject":
      await reject(changes, correction);
      return correction.person;
    case "merge":
      await merge(changes, correction);
      return correction.into;
    case "split":
      return split(changes, correction);
    case "link":
      for (const { a, b, kind } of correction.links)
        if (!(await changes.setLink(a, b, kind))) throw new FaceNetError("FACE_UNKNOWN", { face: `${a} or ${b}` });
      return null;
    case "ignore":
      await ignore(changes, correction);
      return null;
    case "hide":
      await changes.changePerson(correction.person, { hidden: correction.hidden });
      return correction.person;
    case "cover":
      await chooseCover(changes, correction);
      return correction.person;
    case "undecided":
      await leaveUndecided(changes, correction);
      return correction.person;
    default:
      correction satisfies never;
      throw new TypeError("correction of unknown kind");
  }
}

/** The last correction wins, also for faces that were ignored or rejected. */
async function give(changes: RecordedChanges, faces: readonly number[], person: number): Promise<void> {
  await changes.requirePerson(person);
  for (const face of faces) await changes.setRejection(face, person, false);
  await changes.assign(faces, { person, by: USER, ignored: 0 });
}

async function enroll(changes: RecordedChanges, { name, faces }: Of<"enroll">): Promise<number> {
  const known = await changes.session.get("SELECT id FROM person WHERE name = ?", name);
  const person = (known?.id as number | undefined) ?? (await changes.createPerson(name));
  await give(changes, faces, person);
  return person;
}

/** Unassigns the faces and records the rejection. */
async function reject(changes: RecordedChanges, { faces, person }: Of<"reject">): Promise<void> {
  await changes.requirePerson(person);
  const own = new Set(await facesOf(changes, person));
  const theirs = faces.filter((face) => own.has(face));
  if (theirs.length > 0) await changes.assign(theirs, { person: null, by: null });
  for (const face of faces) {
    if (!(await changes.session.get("SELECT 1 AS there FROM face WHERE id = ?", face)))
      throw new FaceNetError("FACE_UNKNOWN", { face });
    await changes.setRejection(face, person, true);
  }
}

async function merge(changes: RecordedChanges, { into, from }: Of<"merge">): Promise<void> {
  const [kept, gone] = [await changes.requirePerson(into), await changes.requirePerson(from)];
  if (into === from) return;
  const { session } = changes;
  const moved = await facesOf(changes, from);
  for (const { face } of await session.all("SELECT face FROM rejection WHERE person = ? ORDER BY face", from))
    await changes.setRejection(face as number, into, true);
  await changes.assign(moved, { person: into, by: USER });
  const rejected = await session.all(
    "SELECT face FROM rejection JOIN face ON face.id = rejection.face WHERE rejection.person = ? AND face.person = ? ORDER BY face",
    into,
    into,
  );
  for (const { face } of rejected) await changes.setRejection(face as number, into, false);
  await changes.deletePerson(from);
  const taken = { name: kept.name ?? gone.name, cover: kept.cover ?? gone.cover };
  if (taken.name !== kept.name || taken.cover !== kept.cover) await changes.changePerson(into, taken);
}

async function split(changes: RecordedChanges, { person, faces }: Of<"split">): Promise<number> {
  await changes.requirePerson(person);
  await requireTheirs(changes, faces, person);
  const other = await changes.createPerson(null);
  await changes.assign(faces, { person: other, by: USER });
  for (const face of faces) await changes.setRejection(face, person, true);
  return other;
}

async function ignore(changes: RecordedChanges, { faces, as }: Of<"ignore">): Promise<void> {
  if (as !== null) return changes.assign(faces, { person: null, by: null, ignored: IGNORED[as] });
  const rows = await changes.session.all(
    `SELECT id, ignored FROM face WHERE ${changes.dialect.isOneOf("id")} ORDER BY id`,
    JSON.stringify(faces),
  );
  const unknown = faces.find((face) => !rows.some(({ id }) => id === face));
  if (unknown !== undefined) throw new FaceNetError("FACE_UNKNOWN", { face: unknown });
  const ignored = rows.filter((row) => row.ignored !== 0).map(({ id }) => id as number);
  await changes.assign(ignored, { person: null, by: null, ignored: 0 });
}

async function chooseCover(changes: RecordedChanges, { person, face }: Of<"cover">): Promise<void> {
  if (face !== null) await requireTheirs(changes, [face], person);
  await changes.changePerson(person, { cover: face });
}

async function leaveUndecided(changes: RecordedChanges, { person, group, face }: Of<"undecided">): Promise<void> {
  await changes.requirePerson(person);
  if (group !== undefined) await changes.requirePerson(group);
  if (face !== undefined && !(await changes.session.get("SELECT 1 AS there FROM face WHERE id = ?", face)))
    throw new FaceNetError("FACE_UNKNOWN", { face });
  const sql = "SELECT count(*) AS faces FROM face WHERE person = ? OR person = ?";
  const faces = (await changes.session.get(sql, person, group ?? person))?.faces as number;
  await changes.setUndecided({ person, face: face ?? null, other: group ?? null }, faces);
}

/** @throws FaceNetError FACE_UNKNOWN */
async function requireTheirs(changes: RecordedChanges, faces: readonly number[], person: number): Promise<void> {
  const own = new Set(await facesOf(changes, person));
  const stranger = faces.find((face) => !own.has(face));
  if (stranger !== undefined) throw new FaceNetError("FACE_UNKNOWN", { face: stranger, person });
}

async function facesOf({ session }: RecordedChanges, person: number): Promise<number[]> {
  return (await session.all("SELECT id FROM face WHERE person = ? ORDER BY id", person)).map((row) => row.id as number);
}

/** Unnamed people that own the faces. */
async function ownersOf({ session, dialect }: RecordedChanges, faces: readonly number[]): Promise<number[]> {
  const rows = await session.all(
    `SELECT DISTINCT person.id FROM face JOIN person ON person.id = face.person
     WHERE person.name IS NULL AND ${dialect.isOneOf("face.id")} ORDER BY person.id`,
    JSON.stringify(faces),
  );
  return rows.map(({ id }) => id as number);
}

/** Removes an unnamed group without faces. */
async function dropIfEmpty(changes: RecordedChanges, person: number): Promise<void> {
  if (!(await changes.session.get("SELECT 1 AS there FROM face WHERE person = ? LIMIT 1", person)))
    await changes.deletePerson(person);
}
