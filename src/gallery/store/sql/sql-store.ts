/** GalleryStore on an SQL database. */
import { CalibrationNote, GalleryCalibration } from "../../../schemas/calibration.ts";
import type { ComparableFace, GalleryIdentity, GalleryStatistics, Link, Rejection, Undecided } from "../../../schemas/gallery.ts";
import type { GalleryStore } from "../gallery-store.ts";
import { changingPeople } from "./changing-people.ts";
import { datedFaces, datedPhotographs, facesByMonth } from "./dated.ts";
import { markMissing, recordFailure, recordFile, recordGone, requireSame, requireSameModel } from "./files.ts";
import { forgetting, PIXELS } from "./forgetting.ts";
import { lookAgain } from "./look-again.ts";
import { goneLooks, markSettled, markSought, moveFaces, presentLook, unplacedFaces } from "./looks.ts";
import {
  abandonMigration,
  finishMigration,
  migratedPairs,
  migration,
  recordMigrated,
  startMigration,
  unmigratedPhotographs,
} from "./migration.ts";
import { knownFiles, relocate } from "./relocating.ts";
import {
  codePortionOf,
  coverOf,
  FILES,
  faceCondition,
  faceOf,
  fileOf,
  folderRange,
  identityOf,
  ownerPortionOf,
  PEOPLE,
  personOf,
  photographOf,
  plain,
} from "./rows.ts";
import { pages, type SqlDatabase, type SqlRow, type SqlSession } from "./sql-database.ts";

/** Rows per query: of whole faces, and of codes. */
const FACES = 4096;
const CODES = 16_384;
/** SQL condition: the face takes part in searches. */
const SOUGHT = "face.embedded = 1 AND face.ignored = 0";
/** Faces considered for a person's cover. */
const COVERS_FROM = 50;

export type SqlStoreOptions = {
  /** Clock for the journal. */
  readonly now?: () => Date;
};

export function createSqlStore(database: SqlDatabase, { now = () => new Date() }: SqlStoreOptions = {}): GalleryStore {
  const { name, dialect } = database;
  const exclusive = <T>(work: (session: SqlSession) => Promise<T>): Promise<T> => database.transaction(work, { exclusive: true });

  const identity = async (session: SqlSession = database) => {
    const row = await session.get("SELECT value FROM property WHERE name = 'identity'");
    return row && identityOf(row);
  };
  /** @returns the gallery's identity, which another process may have set first */
  const stamp = async (session: SqlSession, wanted: GalleryIdentity): Promise<GalleryIdentity> => {
    const kept = await identity(session);
    if (kept) return kept;
    await session.run("INSERT INTO property (name, value) VALUES ('identity', ?)", JSON.stringify(wanted));
    await database.onIdentity?.(session, wanted);
    return wanted;
  };
  const withPaths = async (row: SqlRow | undefined) => {
    if (!row) return undefined;
    const sql = "SELECT path, missing FROM file WHERE photograph = ? ORDER BY path";
    return photographOf(row, await database.all(sql, row.id as number));
  };

  return {
    name,
    identity: () => identity(),
    async adopt(wanted) {
      const kept = (await identity()) ?? (await exclusive((session) => stamp(session, wanted)));
      requireSame(kept, wanted, name);
    },
    async requireModel(wanted) {
      const kept = await identity();
      if (kept) requireSameModel(kept, wanted, name);
    },
    async calibration() {
      const row = await database.get("SELECT value FROM property WHERE name = 'calibration'");
      const text = (row?.value as string | undefined)?.replace('"vouchesDownTo":', '"lowestFar":'); // its name before
      const kept = text === undefined ? undefined : GalleryCalibration.safeParse(JSON.parse(text)).data;
      return kept?.model === (await identity())?.model ? kept : undefined;
    },
    async keepCalibration(calibration) {
      await exclusive(async (session) => {
        await session.run("DELETE FROM property WHERE name = 'calibration'");
        if (calibration)
          await session.run("INSERT INTO property (name, value) VALUES ('calibration', ?)", JSON.stringify(calibration));
      });
    },
    async calibrationNote() {
      const row = await database.get("SELECT value FROM property WHERE name = 'calibration_note'");
      return CalibrationNote.parse(row ? JSON.parse(row.value as string) : {});
    },
    async noteCalibration(note) {
      await exclusive(async (session) => {
        await session.run("DELETE FROM property WHERE name = 'calibration_note'");
        await session.run("INSERT INTO property (name, value) VALUES ('calibration_note', ?)", JSON.stringify(note));
      });
    },
    revision: () => database.revision(),

    async knownFile(path) {
      const row = await database.get(`${FILES} WHERE path = ?`, path);
      return row && fileOf(row);
    },
    knownFiles: (folder) => knownFiles(database, folder),
    relocate: (move) => database.transaction((session) => relocate(session, move), { exclusive: true }),
    async *knownPaths(folder) {
      const [within, range] = folder === undefined ? ["", []] : ["AND path < ?", folderRange(folder)];
      const [after = "", ...before] = range;
      const sql = `SELECT path FROM file WHERE missing = 0 ${within}`;
      for await (const rows of pages(database, sql, before, { key: "path", size: CODES, after }))
        yield* rows.map(({ path }) => path as string);
    },
    async failedFiles() {
      return (await database.all(`${FILES} WHERE error_code IS NOT NULL ORDER BY path`)).map(fileOf);
    },
    async photographByHash(hash) {
      const sql = `SELECT * FROM photograph WHERE hash = ? OR id IN (SELECT photograph FROM file WHERE hash = ?) LIMIT 1`;
      return withPaths(await database.get(sql, hash, hash));
    },
    async photographByPixels(pixels) {
      return withPaths(await database.get("SELECT * FROM photograph WHERE pixels = ? ORDER BY id LIMIT 1", pixels));
    },
    async photograph(id) {
      return withPaths(await database.get("SELECT * FROM photograph WHERE id = ?", id));
    },
    async pixelsOf(id) {
      return ((await database.get("SELECT pixels FROM photograph WHERE id = ?", id))?.pixels ?? null) as string | null;
    },
    async *photographs(after = 0) {
      for await (const rows of pages(database, "SELECT * FROM photograph WHERE true", [], { key: "id", size: FACES, after })) {
        const ids = JSON.stringify(rows.map(({ id }) => id));
        const files = await database.all(
          `SELECT photograph, path, missing FROM file WHERE ${dialect.isOneOf("photograph")} ORDER BY path`,
          ids,
        );
        const paths = Map.groupBy(files, ({ photograph }) => photograph);
        for (const row of rows) yield photographOf(row, paths.get(row.id) ?? []);
      }
    },
    recordFile: (file) => database.transaction((session) => recordFile(session, file, database)),
    lookAgain: (look) => exclusive((session) => lookAgain(session, look, database)),
    recordGone: (photograph) => database.transaction((session) => recordGone(session, photograph, database)),
    recordFailure: (file) => database.transaction((session) => recordFailure(session, file, database)),
    async markMissing(paths) {
      await database.transaction(async (session) => {
        for (const path of paths) await markMissing(session, path);
      });
    },

    async *faces(filter = {}, atMost = Number.POSITIVE_INFINITY) {
      const { where, values } = faceCondition(filter, dialect);
      const page = { key: "id", size: Math.min(FACES, atMost) };
      let left = atMost;
      for await (const rows of pages(database, `SELECT face.* FROM face WHERE true ${where}`, values, page)) {
        // codes are non-null only with { embedded: true }, as the overload states
        for (const row of rows.slice(0, left)) yield faceOf(row, name) as ComparableFace;
        left -= rows.length;
        if (left <= 0) return;
      }
    },
    async face(id) {
      const row = await database.get("SELECT * FROM face WHERE id = ?", id);
      return row && faceOf(row, name);
    },
    datedFaces: (filter, page) => datedFaces(database, filter, page),
    datedPhotographs: (page) => datedPhotographs(database, page),
    facesByMonth: (filter) => facesByMonth(database, filter),
    async *codes(filter = {}) {
      const dimensions = (await identity())?.dimensions;
      if (dimensions === undefined) return;
      const { where, values } = faceCondition(filter, dialect);
      const sql = `SELECT id, code, photograph, person FROM face WHERE ${SOUGHT} ${where}`;
      for await (const rows of pages(database, sql, values, { key: "id", size: CODES }))
        yield codePortionOf(rows, dimensions, name);
    },
    async *owners() {
      const sql = `SELECT id, photograph, person FROM face WHERE ${SOUGHT}`;
      for await (const rows of pages(database, sql, [], { key: "id", size: CODES })) yield ownerPortionOf(rows);
    },
    hnswIndex: database.hnswIndex,

    goneLooks: () => goneLooks(database, name),
    unplaced: (limit = 10_000) => unplacedFaces(database, limit),
    presentLook: (id) => presentLook(database, id, name),
    moveFaces: (move) => exclusive((session) => moveFaces(session, move, database)),
    markSettled: () => database.transaction(markSettled),
    markSought: (ids) => database.transaction((session) => markSought(session, dialect, ids)),

    async people() {
      const rows = await database.all(`${PEOPLE} GROUP BY person.id, person.name ORDER BY faces DESC, person.id`);
      return rows.map(personOf);
    },
    async names() {
      const rows = await database.all("SELECT id, name FROM person");
      return new Map(rows.map(({ id, name: given }) => [id as number, given as string | null]));
    },
    async person(id) {
      const row = await database.get(`${PEOPLE} WHERE person.id = ? GROUP BY person.id, person.name`, id);
      return row && personOf(row);
    },
    async covers(people) {
      const sql = `SELECT id, acceptable, quality FROM face WHERE person = ? ORDER BY id LIMIT ${COVERS_FROM}`;
      const chosen = await database.all(
        `SELECT person.id, cover FROM person JOIN face ON face.id = cover AND face.person = person.id
         WHERE ${dialect.isOneOf("person.id")}`,
        JSON.stringify(people),
      );
      const coverById = new Map(chosen.map(({ id, cover }) => [id as number, cover as number]));
      const covers = people.map(async (person) => {
        return [person, coverById.get(person) ?? coverOf(await database.all(sql, person))] as const;
      });
      return new Map((await Promise.all(covers)).flatMap(([person, face]) => (face === undefined ? [] : [[person, face]])));
    },
    async personByName(wanted) {
      const row = await database.get(`${PEOPLE} WHERE person.name = ? GROUP BY person.id, person.name`, wanted);
      return row && personOf(row);
    },
    ...changingPeople(database, now),
    async links() {
      return (await database.all("SELECT a, b, kind FROM link ORDER BY a, b")).map(plain<Link>);
    },
    async rejections() {
      return (await database.all("SELECT face, person FROM rejection ORDER BY face, person")).map(plain<Rejection>);
    },
    async undecided() {
      return (await database.all('SELECT person, other AS "group", face, faces FROM undecided')).map(plain<Undecided>);
    },

    ...forgetting(database),
    async forgottenHashes() {
      return (await database.all("SELECT hash FROM forgotten ORDER BY hash")).map(({ hash }) => hash as string);
    },
    async isForgotten(hash) {
      const sql = `SELECT 1 AS there FROM forgotten WHERE hash = ? OR hash = '${PIXELS}' || ?`;
      return (await database.get(sql, hash, hash)) !== undefined;
    },
    async rememberForgotten(hashes) {
      await database.transaction(async (session) => {
        for (const hash of hashes) {
          await session.run(
            "INSERT INTO forgotten (hash) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM photograph WHERE hash = ?) ON CONFLICT DO NOTHING",
            hash,
            hash,
          );
        }
      });
    },
    migration: () => migration(database),
    startMigration: (wanted) => exclusive((session) => startMigration(session, wanted, name)),
    unmigratedPhotographs: (after, limit) => unmigratedPhotographs(database, after, limit),
    recordMigrated: (migrated) => database.transaction((session) => recordMigrated(session, migrated)),
    migratedPairs: (atMost) => migratedPairs(database, atMost),
    finishMigration: () => exclusive((session) => finishMigration(session, name, database)),
    abandonMigration: () => exclusive(abandonMigration),

    statistics: () => statistics(database),
    async check() {
      const dimensions = (await identity())?.dimensions;
      const sql = "SELECT id FROM face WHERE length(code) <> ? ORDER BY id";
      const lengths = dimensions === undefined ? [] : await database.all(sql, dimensions);
      return [...(await database.damage()), ...lengths.map(({ id }) => `face ${id}: its code has the wrong length`)];
    },
    backup: (file) => database.backup(file),
    close: () => database.close(),
  };
}

async function statistics(session: SqlSession): Promise<GalleryStatistics> {
  const count = async (what: string) => (await session.get(`SELECT count(*) AS n FROM ${what}`))?.n as number;
  return {
    photographs: await count("photograph"),
    files: await count("file"),
    missingFiles: await count("file WHERE missing = 1"),
    failedFiles: await count("file WHERE error_code IS NOT NULL"),
    faces: await count("face"),
    people: await count("person"),
    namedPeople: await count("person WHERE name IS NOT NULL"),
    unassignedFaces: await count("face WHERE person IS NULL AND ignored = 0"),
    ignoredFaces: await count("face WHERE ignored <> 0"),
    corrections: await count("correction WHERE undone = 0 AND head IS NULL"),
    undone: await count("correction WHERE undone = 1 AND head IS NULL"),
    forgottenPhotographs: await count(`forgotten WHERE hash NOT LIKE '${PIXELS}%'`),
  };
}
