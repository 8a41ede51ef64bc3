/**
 * Writing what a user says of people, noting for every step what was there before, so that it can be taken back. The
 * notes are kept with the correction; taking it back goes through them from the last to the first.
 */
import { FaceNetError } from "../../../errors.ts";
import type { AssignedBy, Link } from "../../../schemas/gallery.ts";
import type { SqlDialect, SqlSession } from "./sql-database.ts";

type Owner = { readonly person: number | null; readonly by: AssignedBy | null };
type Named = { readonly name: string | null };

export type ChangeStep =
  | { readonly kind: "person"; readonly id: number; readonly before: Named | null; readonly after: Named | null }
  | { readonly kind: "faces"; readonly faces: readonly number[]; readonly before: Owner }
  | { readonly kind: "rejection"; readonly face: number; readonly person: number; readonly before: boolean }
  | { readonly kind: "link"; readonly a: number; readonly b: number; readonly before: Link["kind"] | null };

export class RecordedChanges {
  readonly steps: ChangeStep[] = [];
  readonly #session: SqlSession;
  readonly #dialect: SqlDialect;

  constructor(session: SqlSession, dialect: SqlDialect) {
    this.#session = session;
    this.#dialect = dialect;
  }

  /** @returns the new person's number @throws FaceNetError PERSON_NAME_TAKEN */
  async createPerson(name: string | null): Promise<number> {
    await requireFreeName(this.#session, name);
    const id = (await this.#session.get("INSERT INTO person (name) VALUES (?) RETURNING id", name))?.id as number;
    this.steps.push({ kind: "person", id, before: null, after: { name } });
    return id;
  }

  /** @throws FaceNetError PERSON_NOT_FOUND, PERSON_NAME_TAKEN */
  async renamePerson(id: number, name: string | null): Promise<void> {
    const before = { name: await this.requirePerson(id) };
    await requireFreeName(this.#session, name, id);
    await this.#session.run("UPDATE person SET name = ? WHERE id = ?", name, id);
    this.steps.push({ kind: "person", id, before, after: { name } });
  }

  /** Removes a person whose faces have gone elsewhere. */
  async deletePerson(id: number): Promise<void> {
    const before = { name: await this.requirePerson(id) };
    await this.#session.run("DELETE FROM person WHERE id = ?", id);
    this.steps.push({ kind: "person", id, before, after: null });
  }

  /** @throws FaceNetError FACE_UNKNOWN */
  async assign(faces: readonly number[], { person, by }: Owner): Promise<void> {
    const list = JSON.stringify(faces);
    const isListed = this.#dialect.isOneOf("id");
    const rows = await this.#session.all(`SELECT id, person, assigned_by FROM face WHERE ${isListed} ORDER BY id`, list);
    const there = new Set(rows.map(({ id }) => id));
    const unknown = faces.find((face) => !there.has(face));
    if (unknown !== undefined) throw new FaceNetError("FACE_UNKNOWN", { face: unknown });
    const owners = Map.groupBy(rows, (row) => JSON.stringify([row.person, row.assigned_by]));
    for (const [owner, own] of owners) {
      const [before, beforeBy] = JSON.parse(owner) as [number | null, AssignedBy | null];
      const ids = own.map(({ id }) => id as number);
      this.steps.push({ kind: "faces", faces: ids, before: { person: before, by: beforeBy } });
    }
    await this.#session.run(`UPDATE face SET person = ?, assigned_by = ? WHERE ${isListed}`, person, by, list);
  }

  async setRejection(face: number, person: number, rejected: boolean): Promise<void> {
    const changed = await writeRejection(this.#session, face, person, rejected);
    if (changed > 0) this.steps.push({ kind: "rejection", face, person, before: !rejected });
  }

  async setLink({ a, b, kind }: Link): Promise<void> {
    const [low, high] = a < b ? [a, b] : [b, a];
    const row = await this.#session.get("SELECT kind FROM link WHERE a = ? AND b = ?", low, high);
    await writeLink(this.#session, low, high, kind);
    this.steps.push({ kind: "link", a: low, b: high, before: (row?.kind as Link["kind"] | undefined) ?? null });
  }

  /** @returns the person's name @throws FaceNetError PERSON_NOT_FOUND */
  async requirePerson(id: number): Promise<string | null> {
    const row = await this.#session.get("SELECT name FROM person WHERE id = ?", id);
    if (!row) throw new FaceNetError("PERSON_NOT_FOUND", { person: id });
    return row.name as string | null;
  }
}

/**
 * Puts back what was there before the steps. Faces and people that are gone meanwhile stay gone.
 *
 * @throws FaceNetError PERSON_NAME_TAKEN when another person has got the name since
 */
export async function revert(session: SqlSession, dialect: SqlDialect, steps: readonly ChangeStep[]): Promise<void> {
  for (const step of steps.toReversed()) {
    switch (step.kind) {
      case "person":
        await revertPerson(session, step);
        break;
      case "faces":
        await revertFaces(session, dialect, step);
        break;
      case "rejection":
        await writeRejection(session, step.face, step.person, step.before);
        break;
      case "link":
        await writeLink(session, step.a, step.b, step.before);
        break;
      default:
        step satisfies never;
    }
  }
}

async function revertPerson(session: SqlSession, { id, before, after }: Extract<ChangeStep, { kind: "person" }>): Promise<void> {
  if (before === null) {
    await session.run("UPDATE face SET person = NULL, assigned_by = NULL WHERE person = ?", id);
    await session.run("DELETE FROM person WHERE id = ?", id);
    return;
  }
  await requireFreeName(session, before.name, id);
  if (after === null) await session.run("INSERT INTO person (id, name) VALUES (?, ?) ON CONFLICT DO NOTHING", id, before.name);
  else await session.run("UPDATE person SET name = ? WHERE id = ?", before.name, id);
}

async function revertFaces(
  session: SqlSession,
  { isOneOf }: SqlDialect,
  { faces, before: { person, by } }: Extract<ChangeStep, { kind: "faces" }>,
): Promise<void> {
  // Clustering may have removed the person, who had no faces and no name left.
  if (person !== null) await session.run("INSERT INTO person (id, name) VALUES (?, NULL) ON CONFLICT DO NOTHING", person);
  const sql = `UPDATE face SET person = ?, assigned_by = ? WHERE ${isOneOf("id")}`;
  await session.run(sql, person, by, JSON.stringify(faces));
}

/** Rejections of faces or people that are there no more are passed over. @returns rows changed */
async function writeRejection(session: SqlSession, face: number, person: number, rejected: boolean): Promise<number> {
  if (!rejected) return session.run("DELETE FROM rejection WHERE face = ? AND person = ?", face, person);
  return session.run(
    `INSERT INTO rejection (face, person) SELECT face.id, person.id FROM face, person WHERE face.id = ? AND person.id = ?
     ON CONFLICT DO NOTHING`,
    face,
    person,
  );
}

async function writeLink(session: SqlSession, a: number, b: number, kind: Link["kind"] | null): Promise<void> {
  if (kind === null) {
    await session.run("DELETE FROM link WHERE a = ? AND b = ?", a, b);
    return;
  }
  const changed = await session.run(
    `INSERT INTO link (a, b, kind) SELECT x.id, y.id, ? FROM face x, face y WHERE x.id = ? AND y.id = ?
     ON CONFLICT (a, b) DO UPDATE SET kind = excluded.kind`,
    kind,
    a,
    b,
  );
  if (changed === 0) throw new FaceNetError("FACE_UNKNOWN", { face: `${a} or ${b}` });
}

async function requireFreeName(session: SqlSession, name: string | null, except = -1): Promise<void> {
  if (name !== null && (await session.get("SELECT 1 AS taken FROM person WHERE name = ? AND id <> ?", name, except)))
    throw new FaceNetError("PERSON_NAME_TAKEN", { person: name });
}
