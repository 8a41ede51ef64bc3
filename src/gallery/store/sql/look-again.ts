/** Repeated detection in a known photograph with other limits. */

import { overlapOfUnion } from "../../../faces/detection/overlap.ts";
import type { FaceFloor, GalleryFace, GalleryIdentity, NewFace } from "../../../schemas/gallery.ts";
import { addFaces, requireIdentity } from "./files.ts";
import { STATED } from "./looks.ts";
import { faceOf } from "./rows.ts";
import type { SqlHooks, SqlRow, SqlSession } from "./sql-database.ts";

/** Minimum intersection over union of one face's boxes at two limits; neighbours in a crowd overlap less. */
const SAME_FACE = 0.3;

type LookAgain = {
  readonly photograph: number;
  readonly faces?: readonly NewFace[];
  readonly floor: FaceFloor;
  readonly identity: GalleryIdentity;
};

export async function lookAgain(
  session: SqlSession,
  { photograph, faces = [], floor, identity }: LookAgain,
  { name, onCodes }: SqlHooks & { readonly name: string },
): Promise<{ added: number; removed: number }> {
  await requireIdentity(session, identity, name);
  const { minFaceSize, minConfidence } = floor;
  const isThere = await session.run(
    "UPDATE photograph SET min_face_size = ?, min_confidence = ? WHERE id = ?",
    minFaceSize,
    minConfidence,
    photograph,
  );
  if (isThere === 0) return { added: 0, removed: 0 }; // forgotten since
  const rows = await session.all(
    `SELECT face.*, ${STATED} AND (face.person IS NULL OR face.assigned_by = 'user' OR person.name IS NOT NULL) AS stated
     FROM face LEFT JOIN person ON person.id = face.person WHERE photograph = ?`,
    photograph,
  );
  const known = rows.map((row) => ({ ...faceOf(row, name), isStated: isStated(row) }));
  const isBelow = ({ box, quality }: GalleryFace) =>
    Math.max(box.width, box.height) < minFaceSize || quality.confidence < minConfidence;
  const below = known.filter((face) => !face.isStated && isBelow(face));
  for (const { id } of below) await session.run("DELETE FROM face WHERE id = ?", id);
  const fresh = faces.filter(({ box }) => known.every((face) => overlapOfUnion(face.box, box) < SAME_FACE));
  await addFaces(session, photograph, fresh, onCodes);
  return { added: fresh.length, removed: below.length };
}

const isStated = ({ stated }: SqlRow): boolean => Boolean(stated);
