/** Converts rows to records, and filters to SQL conditions. */
import { FaceNetError } from "../../../errors.ts";
import type { Quality } from "../../../schemas/face.ts";
import type { GalleryFace, GalleryIdentity, KnownFile, Person, Photograph } from "../../../schemas/gallery.ts";
import type { CodePortion, FaceFilter, OwnerPortion } from "../gallery-store.ts";
import type { SqlDialect, SqlRow, SqlValue } from "./sql-database.ts";

/** People with their number of faces and photographs; complete with `GROUP BY person.id, person.name`. */
export const PEOPLE = `
  SELECT person.id, person.name, person.hidden, person.cover, count(face.id) AS faces,
    count(DISTINCT face.photograph) AS photographs
  FROM person LEFT JOIN face ON face.person = person.id`;

export const personOf = (row: SqlRow): Person => ({ ...row, hidden: row.hidden === 1 }) as Person;

/** The largest acceptable face, else the largest. */
export function coverOf(faces: readonly SqlRow[]): number | undefined {
  const worth = ({ acceptable, quality }: SqlRow): number =>
    (JSON.parse(quality as string) as Quality).sizePx + (acceptable === 1 ? 1e6 : 0);
  return faces.map((row) => ({ id: row.id as number, worth: worth(row) })).sort((a, b) => b.worth - a.worth)[0]?.id;
}

/** A row whose columns are the record's fields. */
export const plain = <T>(row: SqlRow): T => ({ ...row }) as T;

export const identityOf = (row: SqlRow): GalleryIdentity => JSON.parse(row.value as string) as GalleryIdentity;

/** @param files rows of its files, with path and missing */
export function photographOf({ id, hash, width, height, taken_at, last_path }: SqlRow, files: readonly SqlRow[]): Photograph {
  const paths = files.map(({ path }) => path as string);
  return {
    id: id as number,
    hash: hash as string,
    width: width as number,
    height: height as number,
    takenAt: taken_at as string | null,
    paths: paths.length === 0 && last_path !== null ? [last_path as string] : paths,
    gone: files.every(({ missing }) => missing === 1),
  };
}

export const FILES =
  "SELECT file.*, min_face_size, min_confidence FROM file LEFT JOIN photograph ON photograph.id = file.photograph";

export function fileOf(row: SqlRow): KnownFile {
  const code = row.error_code;
  return {
    path: row.path as string,
    bytes: row.bytes as number,
    modifiedMs: row.modified_ms as number,
    hash: row.hash as string | null,
    photograph: row.photograph as number | null,
    error: code === null ? null : { code: code as string, message: row.error_message as string },
    missing: row.missing === 1,
    floor:
      row.min_face_size === null
        ? null
        : { minFaceSize: row.min_face_size as number, minConfidence: row.min_confidence as number },
  };
}

/** @throws FaceNetError GALLERY_DAMAGED */
export function faceOf(row: SqlRow, gallery: string): GalleryFace {
  const vector = row.vector as Uint8Array | null;
  const read = (field: "box" | "landmarks" | "quality") => {
    try {
      return JSON.parse(row[field] as string);
    } catch (error) {
      throw new FaceNetError("GALLERY_DAMAGED", { gallery, reason: `face ${row.id}: its ${field} cannot be read` }, error);
    }
  };
  return {
    id: row.id as number,
    photograph: row.photograph as number,
    box: read("box"),
    landmarks: read("landmarks"),
    quality: read("quality"),
    code: row.embedded === 1 ? signed(row.code as Uint8Array) : null,
    vector: vector && new Float32Array(Uint8Array.from(vector).buffer),
    person: row.person as number | null,
    assignedBy: row.assigned_by as GalleryFace["assignedBy"],
    drawn: row.drawn === 1,
    embedded: row.embedded === 1,
    ignored: row.ignored !== 0,
    notAFace: row.ignored === 2,
  };
}

/** @throws FaceNetError GALLERY_DAMAGED if the length of a code differs from the gallery's dimensions */
export function codePortionOf(rows: readonly SqlRow[], dimensions: number, gallery: string): CodePortion {
  const codes = new Int8Array(rows.length * dimensions);
  for (const [i, { id, code }] of rows.entries()) {
    const bytes = code as Uint8Array;
    if (bytes.length !== dimensions)
      throw new FaceNetError("GALLERY_DAMAGED", {
        gallery,
        reason: `face ${id} has a code of ${bytes.length} bytes, not ${dimensions}`,
      });
    codes.set(signed(bytes), i * dimensions);
  }
  return { ...ownerPortionOf(rows), codes };
}

export function ownerPortionOf(rows: readonly SqlRow[]): OwnerPortion {
  return {
    ids: rows.map((row) => row.id as number),
    photographs: rows.map((row) => row.photograph as number),
    people: rows.map((row) => row.person as number | null),
  };
}

/** Vectors are stored as 32-bit floats in native byte order, little-endian on all supported machines. */
export function vectorBytes(vector: Float32Array | null | undefined): Uint8Array | null {
  return vector ? new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength) : null;
}

/** The bytes of a code, for the database. */
export function codeBytes(code: Int8Array): Uint8Array {
  return new Uint8Array(code.buffer, code.byteOffset, code.byteLength);
}

/** The code of its bytes. */
export function signed(bytes: Uint8Array): Int8Array {
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Lower and upper bound (exclusive) of the paths in a folder. */
export function folderRange(folder: string): [from: string, before: string] {
  const from = /[\\/]$/.test(folder) ? folder : `${folder}/`;
  return [from, `${from.slice(0, -1)}${String.fromCharCode(from.charCodeAt(from.length - 1) + 1)}`];
}

/** SQL to append to `WHERE true`. */
export function faceCondition(filter: FaceFilter, { isOneOf }: SqlDialect): { where: string; values: SqlValue[] } {
  const { person, photograph, ids, after, folder, takenFrom, takenTo, assigned, acceptable, ignored, embedded, named } = filter;
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const add = (condition: string, ...given: SqlValue[]) => {
    conditions.push(`AND ${condition}`);
    values.push(...given);
  };
  if (person === null) add("face.person IS NULL");
  else if (person !== undefined) add("face.person = ?", person);
  if (photograph !== undefined) add("face.photograph = ?", photograph);
  if (ids !== undefined) add(isOneOf("face.id"), JSON.stringify(ids));
  if (after !== undefined) add("face.id > ?", after);
  if (folder !== undefined)
    add("face.photograph IN (SELECT photograph FROM file WHERE path >= ? AND path < ?)", ...folderRange(folder));
  if (takenFrom !== undefined) add("face.photograph IN (SELECT id FROM photograph WHERE taken_at >= ?)", takenFrom);
  // "~" sorts after every character of a date: includes the whole day, month or year
  if (takenTo !== undefined) add("face.photograph IN (SELECT id FROM photograph WHERE taken_at < ?)", `${takenTo}~`);
  if (assigned !== undefined) add(`face.person IS ${assigned ? "NOT NULL" : "NULL"}`);
  if (acceptable !== undefined) add("face.acceptable = ?", acceptable ? 1 : 0);
  if (ignored !== undefined) add(`face.ignored ${ignored ? "<>" : "="} 0`);
  if (embedded !== undefined) add("face.embedded = ?", embedded ? 1 : 0);
  if (named !== undefined)
    add(`${named ? "" : "NOT "}EXISTS (SELECT 1 FROM person WHERE person.id = face.person AND person.name IS NOT NULL)`);
  return { where: conditions.join(" "), values };
}
