/**
 * Writes changes to people and records the previous state of each as steps. {@link takeBack} restores these states and records
 * steps in turn, which gives both undo and redo.
 */
import { FaceNetError } from "../../../errors.ts";
import type { AssignedBy, Link, NewFace } from "../../../schemas/gallery.ts";
import { type DrawnRow, removeDrawn, restoreDrawn } from "./drawn-faces.ts";
import { addFaces } from "./files.ts";
import type { SqlDatabase, SqlDialect, SqlRow, SqlSession, SqlValue } from "./sql-database.ts";

/** Person of a face. ignored: 0 no, 1 stranger, 2 not a face; absent in steps of older versions, which leave it unchanged. */
export type FaceState = { readonly person: number | null; readonly by: AssignedBy | null; readonly ignored?: number | undefined };
/** hidden and cover are absent in steps of older versions. */
export type PersonState = {
  readonly name: string | null;
  readonly hidden?: boolean | undefined;
  readonly cover?: number | null | undefined;
};
/** Subject of an undecided question. */
export type Question = { readonly person: number; readonly face: number | null; readonly other: number | null };

/** Previous state; null: did not exist. */
export type ChangeStep =
  | { readonly kind: "person"; readonly id: number; readonly before: PersonState | null }
  | { readonly kind: "faces"; readonly faces: readonly number[]; readonly before: FaceState }
  | { readonly kind: "rejection"; readonly face: number; readonly person: number; readonly before: boolean }
  | { readonly kind: "link"; readonly a: number; readonly b: number; readonly before: Link["kind"] | null }
  | ({ readonly kind: "undecided"; readonly before: number | null } & Question)
  | { readonly kind: "drawn"; readonly face: number; readonly before: DrawnRow | null };

export type Engine = Pick<SqlDatabase, "dialect" | "onCodes">;

export class RecordedChanges {
  readonly steps: ChangeStep[] = [];
  readonly session: SqlSession;
  readonly dialect: SqlDialect;
  readonly #onCodes: Engine["onCodes"];

  constructor(session: SqlSession, { dialect, onCodes }: Engine) {
    this.session = session;
    this.dialect = dialect;
    this.#onCodes = onCodes;
  }

  /** Adds a face drawn by hand. @returns its number @throws FaceNetError NOT_FOUND for an unknown photograph */
  async draw(photograph: number, face: NewFace): Promise<number> {
    const there = await this.session.get("SELECT 1 AS there FROM photograph WHERE id = ?", photograph);
    if (!there) throw new FaceNetError("NOT_FOUND", { what: "photograph", id: photograph });
    const [id] = await addFaces(this.session, photograph, [{ ...face, drawn: true }], this.#onCodes);
    this.steps.push({ kind: "drawn", face: id as number, before: null });
    return id as number;
  }

  /** @returns the new person's number @throws FaceNetError PERSON_NAME_TAKEN */
  async createPerson(name: string | null): Promise<number> {
    await this.#requireFreeName(name);
    const id = (await this.session.get("INSERT INTO person (name) VALUES (?) RETURNING id", name))?.id as number;
    this.steps.push({ kind: "person", id, before: null });
    return id;
  }

  /** @throws FaceNetError PERSON_NOT_FOUND, PERSON_NAME_TAKEN */
  async changePerson(id: number, change: Partial<PersonState>): Promise<void> {
    await this.#writePerson(id, { ...(await this.requirePerson(id)), ...change });
  }

  /** Creates or updates a person; their faces are unchanged. @throws FaceNetError PERSON_NAME_TAKEN */
  async #writePerson(id: number, { name, hidden, cover }: PersonState): Promise<void> {
    const before = (await this.#personState(id)) ?? null;
    await this.#requireFreeName(name, id);
    await this.session.run(
      `INSERT INTO person (id, name, hidden, cover) VALUES (?, ?, ?, (SELECT id FROM face WHERE id = ?))
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, hidden = excluded.hidden, cover = excluded.cover`,
      id,
      name,
      (hidden ?? before?.hidden) ? 1 : 0,
      (cover === undefined ? before?.cover : cover) ?? null,
    );
    this.steps.push({ kind: "person", id, before });
  }

  /** Removes a person and all references to them; their faces become unassigned. */
  async deletePerson(id: number): Promise<void> {
    const before = await this.#personState(id);
    if (!before) return;
    const own = await this.session.all("SELECT id FROM face WHERE person = ? ORDER BY id", id);
    if (own.length > 0) await this.setFaces(idsOf(own), { person: null, by: null });
    for (const { face } of await this.session.all("SELECT face FROM rejection WHERE person = ? ORDER BY face", id))
      await this.setRejection(face as number, id, false);
    const asked = await this.session.all("SELECT person, face, other FROM undecided WHERE person = ? OR other = ?", id, id);
    for (const question of asked) await this.setUndecided(question as unknown as Question, null);
    await this.session.run("DELETE FROM person WHERE id = ?", id);
    this.steps.push({ kind: "person", id, before });
  }

  /** Assigns faces. @throws FaceNetError FACE_UNKNOWN */
  async assign(faces: readonly number[], state: FaceState): Promise<void> {
    const unknown = await this.setFaces(faces, state);
    if (unknown !== undefined) throw new FaceNetError("FACE_UNKNOWN", { face: unknown });
  }

  /** Sets the state of faces; a missing person gets no faces. @returns one of the missing faces, if any */
  async setFaces(faces: readonly number[], { person, by, ignored }: FaceState): Promise<number | undefined> {
    const list = JSON.stringify(faces);
    const isListed = this.dialect.isOneOf("id");
    const rows = await this.session.all(`SELECT id, person, assigned_by, ignored FROM face WHERE ${isListed} ORDER BY id`, list);
    for (const some of Map.groupBy(rows, stateKey).values()) {
      const [first] = some as [SqlRow];
      const before = { person: first.person, by: first.assigned_by, ignored: first.ignored } as FaceState;
      this.steps.push({ kind: "faces", faces: idsOf(some), before });
    }
    const values: SqlValue[] = [person, by, ignored ?? null];
    const sql = `UPDATE face SET person = ?, assigned_by = ?, ignored = coalesce(?, ignored) WHERE ${isListed}`;
    if (rows.length > 0) await this.session.run(sql, ...values, list);
    const there = new Set(idsOf(rows));
    return faces.find((face) => !there.has(face));
  }

  /** Missing faces and people are skipped. */
  async setRejection(face: number, person: number, rejected: boolean): Promise<void> {
    const sql = rejected
      ? `INSERT INTO rejection (face, person) SELECT face.id, person.id FROM face, person WHERE face.id = ? AND person.id = ?
         ON CONFLICT DO NOTHING`
      : "DELETE FROM rejection WHERE face = ? AND person = ?";
    if ((await this.session.run(sql, face, person)) > 0) this.steps.push({ kind: "rejection", face, person, before: !rejected });
  }

  /** @param kind null removes the link @returns whether both faces exist */
  async setLink(a: number, b: number, kind: Link["kind"] | null): Promise<boolean> {
    const [low, high] = a < b ? [a, b] : [b, a];
    const row = await this.session.get("SELECT kind FROM link WHERE a = ? AND b = ?", low, high);
    const before = (row?.kind as Link["kind"] | undefined) ?? null;
    const remove = "DELETE FROM link WHERE a = ? AND b = ?";
    const write = `INSERT INTO link (a, b, kind) SELECT x.id, y.id, ? FROM face x, face y WHERE x.id = ? AND y.id = ?
      ON CONFLICT (a, b) DO UPDATE SET kind = excluded.kind`;
    const changed = await (kind === null ? this.session.run(remove, low, high) : this.session.run(write, kind, low, high));
    if (changed > 0) this.steps.push({ kind: "link", a: low, b: high, before });
    return changed > 0;
  }

  /** @param faces number of faces of both; null removes the question. Missing faces and people are skipped. */
  async setUndecided({ person, face, other }: Question, faces: number | null): Promise<void> {
    const which = face === null ? "other = ?" : "face = ?";
    const subject = (face ?? other) as number;
    const row = await this.session.get(`SELECT faces FROM undecided WHERE person = ? AND ${which}`, person, subject);
    await this.session.run(`DELETE FROM undecided WHERE person = ? AND ${which}`, person, subject);
    if (faces !== null) {
      const [column, table] = face === null ? ["other", "person"] : ["face", "face"];
      await this.session.run(
        `INSERT INTO undecided (person, ${column}, faces) SELECT whom.id, subject.id, ? FROM person whom, ${table} subject
         WHERE whom.id = ? AND subject.id = ?`,
        faces,
        person,
        subject,
      );
    }
    this.steps.push({ kind: "undecided", person, face, other, before: (row?.faces as number | undefined) ?? null });
  }

  /** @throws FaceNetError PERSON_NOT_FOUND */
  async requirePerson(id: number): Promise<PersonState> {
    const state = await this.#personState(id);
    if (!state) throw new FaceNetError("PERSON_NOT_FOUND", { person: id });
    return state;
  }

  /**
   * Restores the state before the given steps, from last to first. Faces that no longer exist are skipped.
   *
   * @throws FaceNetError PERSON_NAME_TAKEN if another person has been given the name since
   */
  async takeBack(steps: readonly ChangeStep[]): Promise<void> {
    for (const step of steps.toReversed()) {
      switch (step.kind) {
        case "person":
          if (step.before === null) await this.deletePerson(step.id);
          else await this.#writePerson(step.id, step.before);
          break;
        case "faces":
          await this.#takeBackFaces(step);
          break;
        case "rejection":
          await this.setRejection(step.face, step.person, step.before);
          break;
        case "link":
          await this.setLink(step.a, step.b, step.before);
          break;
        case "undecided":
          await this.setUndecided(step, step.before);
          break;
        case "drawn":
          await this.#takeBackDrawn(step);
          break;
        default:
          step satisfies never;
      }
    }
  }

  /** Recreates a person left without name and faces that clustering of an older version has removed. */
  async #takeBackFaces({ faces, before }: Extract<ChangeStep, { kind: "faces" }>): Promise<void> {
    const { person } = before;
    if (person !== null && !(await this.#personState(person))) await this.#writePerson(person, { name: null });
    await this.setFaces(faces, before);
  }

  async #takeBackDrawn({ face, before }: Extract<ChangeStep, { kind: "drawn" }>): Promise<void> {
    if (before) {
      if (await restoreDrawn(this.session, face, before, this.#onCodes)) this.steps.push({ kind: "drawn", face, before: null });
      return;
    }
    const removed = await removeDrawn(this.session, face);
    if (removed) this.steps.push({ kind: "drawn", face, before: removed });
  }

  async #personState(id: number): Promise<PersonState | undefined> {
    const row = await this.session.get("SELECT name, hidden, cover FROM person WHERE id = ?", id);
    return row && { name: row.name as string | null, hidden: row.hidden === 1, cover: row.cover as number | null };
  }

  async #requireFreeName(name: string | null, except = -1): Promise<void> {
    if (name !== null && (await this.session.get("SELECT 1 AS taken FROM person WHERE name = ? AND id <> ?", name, except)))
      throw new FaceNetError("PERSON_NAME_TAKEN", { person: name });
  }
}

const stateKey = ({ person, assigned_by, ignored }: SqlRow): string => `${person} ${assigned_by} ${ignored}`;

const idsOf = (rows: readonly SqlRow[]): number[] => rows.map(({ id }) => id as number);
