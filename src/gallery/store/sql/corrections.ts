/** What a user says of people: done in one transaction, remembered, and taken back in one. */
import { FaceNetError } from "../../../errors.ts";
import type { Correction, CorrectionRecord } from "../../../schemas/gallery.ts";
import { type ChangeStep, RecordedChanges, revert } from "./recorded-changes.ts";
import { correctionOf } from "./rows.ts";
import type { SqlDialect, SqlSession } from "./sql-database.ts";

const USER = "user";

/** @param at ISO 8601, UTC */
export async function applyCorrection(
  session: SqlSession,
  dialect: SqlDialect,
  correction: Correction,
  at: string,
): Promise<CorrectionRecord> {
  const changes = new RecordedChanges(session, dialect);
  const person = await write(changes, session, correction);
  const row = await session.get(
    "INSERT INTO correction (at, correction, person, steps) VALUES (?, ?, ?, ?) RETURNING id",
    at,
    JSON.stringify(correction),
    person,
    JSON.stringify(changes.steps),
  );
  return { id: row?.id as number, at, correction, person };
}

/** Does what a correction says without remembering it. @returns the person that it made, changed or kept */
export function restoreCorrection(session: SqlSession, dialect: SqlDialect, correction: Correction): Promise<number | null> {
  return write(new RecordedChanges(session, dialect), session, correction);
}

/** @returns what was taken back; undefined where nothing is left to take back, or the last is not `only` */
export async function undoCorrection(
  session: SqlSession,
  dialect: SqlDialect,
  only: number | undefined,
): Promise<CorrectionRecord | undefined> {
  const row = await session.get("SELECT * FROM correction ORDER BY id DESC LIMIT 1");
  if (!row || (only !== undefined && row.id !== only)) return undefined;
  await revert(session, dialect, JSON.parse(row.steps as string) as ChangeStep[]);
  await session.run("DELETE FROM correction WHERE id = ?", row.id as number);
  return correctionOf(row);
}

/** @returns the person that is left, where the correction is about one */
async function write(changes: RecordedChanges, session: SqlSession, correction: Correction): Promise<number | null> {
  switch (correction.kind) {
    case "create": {
      const person = await changes.createPerson(correction.name);
      await changes.assign(correction.faces, { person, by: USER });
      return person;
    }
    case "name":
      await changes.renamePerson(correction.person, correction.name);
      return correction.person;
    case "assign": {
      const { faces, person } = correction;
      if (person !== null) {
        await changes.requirePerson(person);
        for (const face of faces) await changes.setRejection(face, person, false);
      }
      await changes.assign(faces, { person, by: person === null ? null : USER });
      return person;
    }
    case "reject":
      await reject(changes, session, correction);
      return correction.person;
    case "merge":
      await merge(changes, session, correction);
      return correction.into;
    case "split":
      return split(changes, session, correction);
    case "link":
      for (const link of correction.links) await changes.setLink(link);
      return null;
    default:
      correction satisfies never;
      throw new TypeError("correction of unknown kind");
  }
}

/** The face is free for other people; that it is not this one stays. */
async function reject(
  changes: RecordedChanges,
  session: SqlSession,
  { faces, person }: Extract<Correction, { kind: "reject" }>,
): Promise<void> {
  await changes.requirePerson(person);
  const own = new Set(await facesOf(session, person));
  const theirs = faces.filter((face) => own.has(face));
  if (theirs.length > 0) await changes.assign(theirs, { person: null, by: null });
  for (const face of faces) {
    if (!(await session.get("SELECT 1 AS there FROM face WHERE id = ?", face))) throw new FaceNetError("FACE_UNKNOWN", { face });
    await changes.setRejection(face, person, true);
  }
}

async function merge(
  changes: RecordedChanges,
  session: SqlSession,
  { into, from }: Extract<Correction, { kind: "merge" }>,
): Promise<void> {
  const [name, other] = [await changes.requirePerson(into), await changes.requirePerson(from)];
  if (into === from) return;
  const moved = await facesOf(session, from);
  const rejecting = await session.all("SELECT face FROM rejection WHERE person = ?", from);
  for (const { face } of rejecting) {
    await changes.setRejection(face as number, from, false);
    await changes.setRejection(face as number, into, true);
  }
  await changes.assign(moved, { person: into, by: USER });
  const rejected = await session.all(
    "SELECT face FROM rejection JOIN face ON face.id = rejection.face WHERE rejection.person = ? AND face.person = ? ORDER BY face",
    into,
    into,
  );
  for (const { face } of rejected) await changes.setRejection(face as number, into, false);
  await changes.deletePerson(from);
  if (name === null && other !== null) await changes.renamePerson(into, other);
}

async function split(
  changes: RecordedChanges,
  session: SqlSession,
  { person, faces }: Extract<Correction, { kind: "split" }>,
): Promise<number> {
  await changes.requirePerson(person);
  const own = new Set(await facesOf(session, person));
  const stranger = faces.find((face) => !own.has(face));
  if (stranger !== undefined) throw new FaceNetError("FACE_UNKNOWN", { face: stranger, person });
  const other = await changes.createPerson(null);
  await changes.assign(faces, { person: other, by: USER });
  for (const face of faces) await changes.setRejection(face, person, true);
  return other;
}

async function facesOf(session: SqlSession, person: number): Promise<number[]> {
  return (await session.all("SELECT id FROM face WHERE person = ? ORDER BY id", person)).map((row) => row.id as number);
}
