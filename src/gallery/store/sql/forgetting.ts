/** Permanently removes photographs and people from rows, free pages and the journal. */
import { FaceNetError } from "../../../errors.ts";
import type { Forgotten, GalleryStore } from "../gallery-store.ts";
import { forgetInJournal } from "./forget-in-journal.ts";
import { GONE } from "./looks.ts";
import type { SqlDatabase, SqlSession, SqlValue } from "./sql-database.ts";

/** Prefix of pixel hashes among those of forgotten files. */
export const PIXELS = "pixels:";

export function forgetting(database: SqlDatabase): Pick<GalleryStore, "forgetPhotograph" | "forgetPerson" | "prune"> {
  const forget = async (dryRun: boolean, work: (session: SqlSession) => Promise<Forgotten>): Promise<Forgotten> => {
    const forgotten = await database.transaction(work, { exclusive: true });
    if (!dryRun) await database.erase();
    return forgotten;
  };
  return {
    forgetPhotograph: (id, { mayReturn = false, dryRun = false } = {}) =>
      forget(dryRun, async (session) => {
        const faces = await facesWhere(session, "photograph = ?", id);
        const corrections = await forgetInJournal(session, { faces, photographs: new Set([id]) }, { dryRun });
        const keep = `INSERT INTO forgotten (hash) SELECT hash FROM photograph WHERE id = ?
          UNION SELECT hash FROM file WHERE photograph = ? AND hash IS NOT NULL
          UNION SELECT '${PIXELS}' || pixels FROM photograph WHERE id = ? AND pixels IS NOT NULL ON CONFLICT DO NOTHING`;
        if (!mayReturn && !dryRun) await session.run(keep, id, id, id);
        if (!dryRun) await session.run("DELETE FROM photograph WHERE id = ?", id);
        return { faces: faces.size, corrections };
      }),
    async prune(ids) {
      const pruned = await database.transaction(
        async (session) => {
          const { isOneOf } = database.dialect;
          const sql = `SELECT id FROM photograph WHERE ${isOneOf("id")} AND ${GONE}`;
          const photographsGone = (await session.all(sql, JSON.stringify(ids))).map(({ id }) => id as number);
          const gone = JSON.stringify(photographsGone);
          const faces = await facesWhere(session, isOneOf("photograph"), gone);
          const corrections = await forgetInJournal(session, { faces, photographs: new Set(photographsGone) });
          const photographs = await session.run(`DELETE FROM photograph WHERE ${isOneOf("id")}`, gone);
          return { photographs, faces: faces.size, corrections };
        },
        { exclusive: true },
      );
      if (pruned.photographs > 0) await database.erase();
      return pruned;
    },
    forgetPerson: (id, { dryRun = false } = {}) =>
      forget(dryRun, async (session) => {
        const row = await session.get("SELECT name FROM person WHERE id = ?", id);
        if (!row) throw new FaceNetError("PERSON_NOT_FOUND", { person: id });
        const faces = await facesWhere(session, "person = ?", id);
        const person = { id, name: row.name as string | null };
        const corrections = await forgetInJournal(session, { person, faces }, { dryRun });
        if (!dryRun) await session.run("DELETE FROM face WHERE person = ?", id);
        if (!dryRun) await session.run("DELETE FROM person WHERE id = ?", id);
        return { faces: faces.size, corrections };
      }),
  };
}

async function facesWhere(session: SqlSession, condition: string, value: SqlValue): Promise<Set<number>> {
  return new Set((await session.all(`SELECT id FROM face WHERE ${condition}`, value)).map(({ id }) => id as number));
}
