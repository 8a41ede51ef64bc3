/** Nearest faces by pgvector's index, re-ranked by their codes. */
import { codeDistance } from "../../../metric/distance.ts";
import { byDistance } from "../../../search/selection.ts";
import type { FoundFace, HnswIndex } from "../gallery-store.ts";
import { faceCondition } from "../sql/rows.ts";
import type { SqlDialect, SqlSession } from "../sql/sql-database.ts";
import { faceVectorType, vectorText } from "./face-vectors.ts";

/** Extra candidates: the index stores rounded vectors, so faces just beyond the limit may turn out nearer. */
const SPARE = 20;
/** Search breadth (hnsw.ef_search): larger values increase recall and time. pgvector's limit is 1000. */
const LEAST_BREADTH = 200;
const MOST_BREADTH = 1000;
/** Maximum faces scanned until enough pass the filter. */
const LEAST_SCANNED = 20_000;

/** @param read runs work in a transaction with the given settings */
export function createHnswIndex(
  read: <T>(settings: Readonly<Record<string, string | number>>, work: (session: SqlSession) => Promise<T>) => Promise<T>,
  dialect: SqlDialect,
): HnswIndex {
  return {
    async size() {
      const row = await read({}, (session) =>
        session.get(
          "SELECT reltuples FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = 'face_vector'",
        ),
      );
      return Math.max(0, (row?.reltuples as number | undefined) ?? 0);
    },
    async nearest(probe, { k, filter = {} }) {
      const candidates = k + SPARE;
      const settings = {
        "hnsw.ef_search": Math.min(MOST_BREADTH, Math.max(LEAST_BREADTH, 2 * candidates)),
        "hnsw.iterative_scan": "relaxed_order",
        "hnsw.max_scan_tuples": Math.max(LEAST_SCANNED, 20 * candidates),
      };
      const { where, values } = faceCondition(filter, dialect);
      const rows = await read(settings, async (session) => {
        if ((await faceVectorType(session)) === undefined) return [];
        return session.all(
          `SELECT face.id, face.code, face.photograph, face.person FROM face_vector JOIN face ON face.id = face_vector.face
           WHERE face.embedded = 1 AND face.ignored = 0 ${where} ORDER BY face_vector.embedding <=> ? LIMIT ${candidates}`,
          ...values,
          vectorText(probe),
        );
      });
      const found = rows.map(({ id, code, photograph, person }): FoundFace => {
        const bytes = code as Uint8Array;
        const distance = codeDistance(probe, new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
        return { id: id as number, distance, photograph: photograph as number, person: person as number | null };
      });
      return found.sort(byDistance).slice(0, k);
    },
  };
}
