/** Applies the result of clustering, except to faces assigned or ignored by a user. */
import type { Regrouping } from "../gallery-store.ts";
import type { RecordedChanges } from "./recorded-changes.ts";

/** Removes unnamed groups left without faces. @returns number of faces that changed person */
export async function applyRegrouping(changes: RecordedChanges, groups: readonly Regrouping[]): Promise<number> {
  let moved = 0;
  for (const group of groups) moved += await regroup(changes, group);
  const empty = await changes.session.all(
    "SELECT id FROM person WHERE name IS NULL AND NOT EXISTS (SELECT 1 FROM face WHERE face.person = person.id) ORDER BY id",
  );
  for (const { id } of empty) await changes.deletePerson(id as number);
  return moved;
}

/** Skips people removed since, and rejected faces. */
async function regroup(changes: RecordedChanges, { faces, person }: Regrouping): Promise<number> {
  const { session, dialect } = changes;
  if (typeof person === "number" && !(await session.get("SELECT 1 AS there FROM person WHERE id = ?", person))) return 0;
  const list = JSON.stringify(faces);
  const free = `SELECT id FROM face WHERE ${dialect.isOneOf("face.id")} AND ignored = 0 AND assigned_by IS DISTINCT FROM 'user'`;
  const notRejected = "AND NOT EXISTS (SELECT 1 FROM rejection WHERE rejection.face = face.id AND rejection.person = ?)";
  const rows = await (typeof person === "number"
    ? session.all(`${free} AND person IS DISTINCT FROM ? ${notRejected} ORDER BY id`, list, person, person)
    : session.all(`${free} ${person === null ? "AND person IS NOT NULL" : ""} ORDER BY id`, list));
  const ids = rows.map(({ id }) => id as number);
  if (ids.length === 0) return 0;
  const owner = person === "new" ? await changes.createPerson(null) : person;
  await changes.setFaces(ids, { person: owner, by: owner === null ? null : "cluster" });
  return ids.length;
}
