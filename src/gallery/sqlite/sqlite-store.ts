/** A gallery in one SQLite file, through Node's own node:sqlite. One writer at a time, any number of readers. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { FaceNetError, reasonOf } from "../../errors.ts";
import type { GalleryFace, GalleryIdentity, KnownFile, Link, Person, Photograph, Rejection } from "../../schemas/gallery.ts";
import type { FaceFilter, GalleryStore } from "../gallery-store.ts";
import { openDatabase } from "./open-database.ts";

/** Faces read at once. */
const PORTION = 4096;

type Row = Record<string, unknown>;

/** @throws FaceNetError GALLERY_NOT_READABLE, GALLERY_TOO_NEW; later, of every call, GALLERY_NOT_WRITABLE */
export function openSqliteStore(path: string): GalleryStore {
  const database = openDatabase(path);
  const { get, all, run, transaction } = statements(database, path);

  const photographOf = (row: Row | undefined): Photograph | undefined =>
    row && {
      id: row.id as number,
      hash: row.hash as string,
      width: row.width as number,
      height: row.height as number,
      paths: all("SELECT path FROM file WHERE photograph = ? ORDER BY path", row.id as number).map((file) => file.path as string),
    };
  const requirePerson = (id: number): void => {
    if (!get("SELECT 1 FROM person WHERE id = ?", id)) throw new FaceNetError("PERSON_NOT_FOUND", { person: id });
  };

  const store: GalleryStore = {
    async identity() {
      const row = get("SELECT value FROM property WHERE name = 'identity'");
      return row && (JSON.parse(row.value as string) as GalleryIdentity);
    },
    async adopt(identity) {
      transaction(() => {
        run("INSERT INTO property VALUES ('identity', ?) ON CONFLICT DO NOTHING", JSON.stringify(identity));
        const kept = JSON.parse(get("SELECT value FROM property WHERE name = 'identity'")?.value as string) as GalleryIdentity;
        if (kept.model === identity.model && kept.preprocessing === identity.preprocessing) return;
        throw new FaceNetError("GALLERY_MODEL_MISMATCH", { gallery: path, actual: kept.model, wanted: identity.model });
      });
    },

    async knownFile(file) {
      const row = get("SELECT * FROM file WHERE path = ?", file);
      return row && fileOf(row);
    },
    async knownPaths(folder) {
      const rows = all("SELECT path FROM file ORDER BY path");
      const paths = rows.map((row) => row.path as string);
      return folder === undefined ? paths : paths.filter((file) => file.startsWith(folder));
    },
    async photographByHash(hash) {
      return photographOf(get("SELECT * FROM photograph WHERE hash = ?", hash));
    },
    async photograph(id) {
      return photographOf(get("SELECT * FROM photograph WHERE id = ?", id));
    },
    async recordFile({ path: file, bytes, modifiedMs, hash, width, height, faces }) {
      return transaction(() => {
        const known = get("SELECT id FROM photograph WHERE hash = ?", hash);
        const photograph = (
          known ?? get("INSERT INTO photograph (hash, width, height) VALUES (?, ?, ?) RETURNING id", hash, width, height)
        )?.id as number;
        const before = get("SELECT photograph FROM file WHERE path = ?", file)?.photograph;
        run(
          `INSERT INTO file (path, bytes, modified_ms, photograph) VALUES (?, ?, ?, ?)
           ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified_ms = excluded.modified_ms,
             photograph = excluded.photograph, error_code = NULL, error_message = NULL, missing = 0`,
          file,
          bytes,
          modifiedMs,
          photograph,
        );
        // The path held another picture before: when nothing else holds that one, it no longer exists.
        if (typeof before === "number" && before !== photograph) {
          run("DELETE FROM photograph WHERE id = ? AND NOT EXISTS (SELECT 1 FROM file WHERE photograph = ?)", before, before);
        }
        if (known) {
          const ids = all("SELECT id FROM face WHERE photograph = ? ORDER BY id", photograph).map((row) => row.id as number);
          return { photograph, added: false, faces: ids };
        }
        const ids = faces.map(({ box, landmarks, quality, code }) => {
          const row = get(
            "INSERT INTO face (photograph, box, landmarks, quality, code) VALUES (?, ?, ?, ?, ?) RETURNING id",
            photograph,
            JSON.stringify(box),
            JSON.stringify(landmarks),
            JSON.stringify(quality),
            code,
          );
          return row?.id as number;
        });
        return { photograph, added: true, faces: ids };
      });
    },
    async recordFailure({ path: file, bytes, modifiedMs, code, message }) {
      transaction(() => {
        run(
          `INSERT INTO file (path, bytes, modified_ms, error_code, error_message) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified_ms = excluded.modified_ms,
             photograph = NULL, error_code = excluded.error_code, error_message = excluded.error_message, missing = 0`,
          file,
          bytes,
          modifiedMs,
          code,
          message,
        );
        run("DELETE FROM photograph WHERE NOT EXISTS (SELECT 1 FROM file WHERE file.photograph = photograph.id)");
      });
    },
    async markMissing(paths) {
      transaction(() => {
        for (const file of paths) run("UPDATE file SET missing = 1 WHERE path = ?", file);
      });
    },

    async *faces(filter = {}) {
      const { where, values } = faceCondition(filter);
      for (let after = 0; ; ) {
        const rows = all(`SELECT * FROM face WHERE id > ? ${where} ORDER BY id LIMIT ${PORTION}`, after, ...values);
        for (const row of rows) yield faceOf(row);
        if (rows.length < PORTION) return;
        after = rows.at(-1)?.id as number;
      }
    },
    async face(id) {
      const row = get("SELECT * FROM face WHERE id = ?", id);
      return row && faceOf(row);
    },

    async people() {
      return all(`${PEOPLE} GROUP BY person.id ORDER BY faces DESC, person.id`).map(personOf);
    },
    async personByName(name) {
      const row = get(`${PEOPLE} WHERE name = ? GROUP BY person.id`, name);
      return row && personOf(row);
    },
    async createPerson(name) {
      return transaction(() => {
        if (name !== null) requireFreeName(get, name);
        return get("INSERT INTO person (name) VALUES (?) RETURNING id", name)?.id as number;
      });
    },
    async renamePerson(id, name) {
      transaction(() => {
        requirePerson(id);
        if (name !== null) requireFreeName(get, name, id);
        run("UPDATE person SET name = ? WHERE id = ?", name, id);
      });
    },
    async assign(faces, person, by) {
      transaction(() => {
        if (person !== null) requirePerson(person);
        const condition = by === "cluster" ? "AND assigned_by IS NOT 'user'" : "";
        for (const id of faces) run(`UPDATE face SET person = ?, assigned_by = ? WHERE id = ? ${condition}`, person, by, id);
      });
    },
    async mergePeople(into, from) {
      transaction(() => {
        requirePerson(into);
        requirePerson(from);
        if (into === from) return;
        run("UPDATE face SET person = ?, assigned_by = 'user' WHERE person = ?", into, from);
        run("INSERT INTO rejection SELECT face, ? FROM rejection WHERE person = ? ON CONFLICT DO NOTHING", into, from);
        run("DELETE FROM rejection WHERE person = ? AND face IN (SELECT id FROM face WHERE person = ?)", into, into);
        run("DELETE FROM person WHERE id = ?", from);
      });
    },
    async dropEmptyPeople() {
      return run("DELETE FROM person WHERE name IS NULL AND NOT EXISTS (SELECT 1 FROM face WHERE face.person = person.id)");
    },

    async addLinks(links) {
      transaction(() => {
        for (const { a, b, kind } of links) {
          const [low, high] = a < b ? [a, b] : [b, a];
          run("INSERT INTO link VALUES (?, ?, ?) ON CONFLICT (a, b) DO UPDATE SET kind = excluded.kind", low, high, kind);
        }
      });
    },
    async links() {
      return all("SELECT a, b, kind FROM link ORDER BY a, b") as unknown as Link[];
    },
    async reject(face, person) {
      transaction(() => {
        requirePerson(person);
        run("INSERT INTO rejection VALUES (?, ?) ON CONFLICT DO NOTHING", face, person);
        run("UPDATE face SET person = NULL, assigned_by = 'user' WHERE id = ? AND person = ?", face, person);
      });
    },
    async rejections() {
      return all("SELECT face, person FROM rejection ORDER BY face, person") as unknown as Rejection[];
    },

    async forgetPhotograph(id) {
      transaction(() => run("DELETE FROM photograph WHERE id = ?", id));
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)"); // the log, too, held the rows
    },
    async forgetPerson(id) {
      const faces = transaction(() => {
        requirePerson(id);
        const count = run("DELETE FROM face WHERE person = ?", id);
        run("DELETE FROM person WHERE id = ?", id);
        return count;
      });
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      return faces;
    },

    async statistics() {
      const count = (sql: string) => get(`SELECT count(*) AS n FROM ${sql}`)?.n as number;
      return {
        photographs: count("photograph"),
        files: count("file"),
        missingFiles: count("file WHERE missing = 1"),
        failedFiles: count("file WHERE error_code IS NOT NULL"),
        faces: count("face"),
        people: count("person"),
        namedPeople: count("person WHERE name IS NOT NULL"),
        unassignedFaces: count("face WHERE person IS NULL"),
      };
    },
    async check() {
      const damage = all("PRAGMA integrity_check").map((row) => String(Object.values(row)[0]));
      const orphans = all("PRAGMA foreign_key_check").map(
        (row) => `${row.table} ${row.rowid}: refers to a row that is not there`,
      );
      const identity = await store.identity();
      const lengths = identity ? all("SELECT id FROM face WHERE length(code) <> ?", identity.dimensions) : [];
      return [
        ...damage.filter((line) => line !== "ok"),
        ...orphans,
        ...lengths.map((row) => `face ${row.id}: its code has the wrong length`),
      ];
    },
    async close() {
      database.close();
    },
  };
  return store;
}

const PEOPLE = `SELECT person.id, name, count(face.id) AS faces, count(DISTINCT face.photograph) AS photographs
  FROM person LEFT JOIN face ON face.person = person.id`;

const personOf = (row: Row): Person => ({ ...row }) as Person;

function fileOf(row: Row): KnownFile {
  const code = row.error_code;
  return {
    path: row.path as string,
    bytes: row.bytes as number,
    modifiedMs: row.modified_ms as number,
    photograph: row.photograph as number | null,
    error: code === null ? null : { code: code as string, message: row.error_message as string },
    missing: row.missing === 1,
  };
}

function faceOf(row: Row): GalleryFace {
  const code = row.code as Uint8Array;
  return {
    id: row.id as number,
    photograph: row.photograph as number,
    box: JSON.parse(row.box as string),
    landmarks: JSON.parse(row.landmarks as string),
    quality: JSON.parse(row.quality as string),
    code: new Int8Array(code.buffer, code.byteOffset, code.length),
    person: row.person as number | null,
    assignedBy: row.assigned_by as GalleryFace["assignedBy"],
  };
}

function faceCondition({ person, photograph, ids }: FaceFilter): { where: string; values: SQLInputValue[] } {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  if (person !== undefined) {
    conditions.push("AND person IS ?");
    values.push(person);
  }
  if (photograph !== undefined) {
    conditions.push("AND photograph = ?");
    values.push(photograph);
  }
  if (ids !== undefined) {
    conditions.push("AND id IN (SELECT value FROM json_each(?))");
    values.push(JSON.stringify(ids));
  }
  return { where: conditions.join(" "), values };
}

type Get = (sql: string, ...values: SQLInputValue[]) => Row | undefined;

function requireFreeName(get: Get, name: string, except = -1): void {
  if (get("SELECT 1 FROM person WHERE name = ? AND id <> ?", name, except))
    throw new FaceNetError("PERSON_NAME_TAKEN", { person: name });
}

/** Prepared statements, kept; and transactions that name the gallery when the disk says no. */
function statements(database: DatabaseSync, path: string) {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof FaceNetError) throw error;
      throw new FaceNetError("GALLERY_NOT_WRITABLE", { gallery: path, reason: reasonOf(error) }, error);
    }
  };
  return {
    get: (sql: string, ...values: SQLInputValue[]): Row | undefined => guarded(() => prepare(sql).get(...values)),
    all: (sql: string, ...values: SQLInputValue[]): Row[] => guarded(() => prepare(sql).all(...values)),
    /** @returns rows changed */
    run: (sql: string, ...values: SQLInputValue[]): number => guarded(() => Number(prepare(sql).run(...values).changes)),
    transaction: <T>(work: () => T): T =>
      guarded(() => {
        database.exec("BEGIN IMMEDIATE");
        try {
          const result = work();
          database.exec("COMMIT");
          return result;
        } catch (error) {
          if (database.isTransaction) database.exec("ROLLBACK");
          throw error;
        }
      }),
  };
}
