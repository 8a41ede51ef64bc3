/**
 * A gallery as JSON lines: one record a line, in the order in which they are listed here. Faces are named by their photograph's
 * content and their place in it, so that a file can be brought into a gallery that has other numbers.
 */
import * as z from "zod";
import { Box, Landmarks, Quality } from "./face.ts";
import { AssignedBy, GalleryIdentity } from "./gallery.ts";

/** What this program writes, and the highest that it reads. */
export const EXPORT_FORMAT = 2;

const FaceReference = z.object({ photograph: z.string().describe("hash"), box: Box });
export type FaceReference = z.infer<typeof FaceReference>;

const ExportedFace = z.object({
  box: Box,
  landmarks: Landmarks,
  quality: Quality,
  code: z.base64().describe("one signed byte a dimension"),
  vector: z.base64().optional().describe("32-bit floats, little-endian"),
  person: z.int().nullable().describe("as the person records number them"),
  assignedBy: AssignedBy.nullable(),
  ignored: z.enum(["stranger", "no face"]).optional(),
  drawn: z.literal(true).optional().describe("by hand"),
  embedded: z.literal(false).optional().describe("its code is no embedding"),
  cover: z.literal(true).optional().describe("chosen to show for its person"),
});

const file = { path: z.string(), bytes: z.int(), modifiedMs: z.number() };

export const ExportRecord = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("gallery"), format: z.int(), identity: GalleryIdentity }),
  z.object({
    kind: z.literal("person"),
    id: z.int(),
    name: z.string().nullable(),
    hidden: z.literal(true).optional(),
  }),
  z.object({
    kind: z.literal("photograph"),
    hash: z.string().min(1),
    pixels: z.string().optional().describe("hash of the decoded pixels"),
    width: z.int(),
    height: z.int(),
    takenAt: z.string().nullable(),
    floor: z
      .object({ minFaceSize: z.number(), minConfidence: z.number() })
      .optional()
      .describe("with which faces were looked for"),
    files: z
      .array(z.object({ ...file, missing: z.boolean(), hash: z.string().optional().describe("where its metadata was edited") }))
      .describe("none: another picture has taken its place"),
    lastPath: z.string().nullable().optional().describe("where it lay last, of a photograph without files"),
    faces: z.array(ExportedFace),
  }),
  z.object({ kind: z.literal("unreadable"), ...file, code: z.string(), message: z.string() }),
  z.object({ kind: z.literal("link"), a: FaceReference, b: FaceReference, link: z.enum(["must", "cannot"]) }),
  z.object({ kind: z.literal("rejection"), face: FaceReference, person: z.int() }),
  z
    .object({ kind: z.literal("undecided"), person: z.int(), group: z.int().nullable(), face: FaceReference.nullable() })
    .describe("a question that was left open: whether a group or a face is this person"),
  z.object({ kind: z.literal("forgotten"), hash: z.string().min(1) }),
  z.object({ kind: z.literal("end"), photographs: z.int(), faces: z.int() }).describe("a file without it was cut off"),
]);
export type ExportRecord = z.infer<typeof ExportRecord>;
export type ExportRecordOf<K extends ExportRecord["kind"]> = Extract<ExportRecord, { kind: K }>;
