/** Faces and photographs ordered by date, for albums. */
import type { DatedFace, DatedPhotograph, FaceFilter, MonthCount } from "../gallery-store.ts";
import { faceCondition, faceOf, plain } from "./rows.ts";
import type { SqlDatabase } from "./sql-database.ts";

/** Latest first, undated last. */
const ORDER = "photograph.taken_at IS NULL, photograph.taken_at DESC";
const PATH = "(SELECT min(path) FROM file WHERE file.photograph = photograph.id AND missing = 0) AS path";

type Page = { readonly offset: number; readonly limit: number };

export async function datedFaces(database: SqlDatabase, filter: FaceFilter, { offset, limit }: Page): Promise<DatedFace[]> {
  const { where, values } = faceCondition(filter, database.dialect);
  const rows = await database.all(
    `SELECT face.*, photograph.taken_at, ${PATH} FROM face JOIN photograph ON photograph.id = face.photograph
     WHERE true ${where} ORDER BY ${ORDER}, face.id LIMIT ? OFFSET ?`,
    ...values,
    limit,
    offset,
  );
  return rows.map((row) => ({
    face: faceOf(row, database.name),
    takenAt: row.taken_at as string | null,
    path: row.path as string | null,
  }));
}

export async function datedPhotographs(database: SqlDatabase, { offset, limit }: Page): Promise<DatedPhotograph[]> {
  const rows = await database.all(
    `SELECT photograph.id, photograph.width, photograph.height, photograph.taken_at AS "takenAt", ${PATH},
       (SELECT count(*) FROM face WHERE face.photograph = photograph.id) AS faces
     FROM photograph ORDER BY ${ORDER}, photograph.id DESC LIMIT ? OFFSET ?`,
    limit,
    offset,
  );
  return rows.map(plain<DatedPhotograph>);
}

/** Number of faces by month, latest first; undated faces are left out. */
export async function facesByMonth(database: SqlDatabase, filter: FaceFilter): Promise<MonthCount[]> {
  const { where, values } = faceCondition(filter, database.dialect);
  const rows = await database.all(
    `SELECT substr(photograph.taken_at, 1, 7) AS month, count(*) AS faces
     FROM face JOIN photograph ON photograph.id = face.photograph
     WHERE photograph.taken_at IS NOT NULL ${where} GROUP BY substr(photograph.taken_at, 1, 7) ORDER BY 1 DESC`,
    ...values,
  );
  return rows.map(plain<MonthCount>);
}
