/**
 * Export format of a gallery: JSON Lines, records in the order listed here. A face is identified by its photograph's hash and its
 * box, so that a file can be imported into a gallery with different numbers.
 */
import * as z from "zod";
import { Box, Landmarks, Quality } from "./face.ts";
import { Reason } from "./failure.ts";
import { AssignedBy, GalleryIdentity } from "./gallery.ts";

/** Format version written, and the highest version read. */
export const EXPORT_FORMAT = 2;

const FaceReference = z.object({ photograph: z.string().describe("hash"), box: Box });
export type FaceReference = z.infer<typeof FaceReference>;

const ExportedFace = z.object({
  box: Box,
  landmarks: Landmarks,
  quality: Quality,
  code: z.base64().describe("one signed byte per dimension"),
  vector: z.base64().optional().describe("32-bit floats, little-endian"),
  person: z.int().nullable().describe("number in the person records"),
  assignedBy: AssignedBy.nullable(),
  ignored: z.enum(["stranger", "no face"]).optional(),
  drawn: z.literal(true).optional().describe("by hand"),
  embedded: z.literal(false).optional().describe("its code is not an embedding"),
  cover: z.literal(true).optional().describe("chosen as its person's cover"),
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
    floor: z.object({ minFaceSize: z.number(), minConfidence: z.number() }).optional().describe("limits used in detection"),
    files: z
      .array(z.object({ ...file, missing: z.boolean(), hash: z.string().optional().describe("if its metadata was edited") }))
      .describe("empty: the file was replaced by another picture"),
    lastPath: z.string().nullable().optional().describe("last known path of a photograph without files"),
    faces: z.array(ExportedFace),
  }),
  z.object({ kind: z.literal("unreadable"), ...file, ...Reason.shape }),
  z.object({ kind: z.literal("link"), a: FaceReference, b: FaceReference, link: z.enum(["must", "cannot"]) }),
  z.object({ kind: z.literal("rejection"), face: FaceReference, person: z.int() }),
  z
    .object({ kind: z.literal("undecided"), person: z.int(), group: z.int().nullable(), face: FaceReference.nullable() })
    .describe("undecided by the user: whether a group or a face is this person"),
  z.object({ kind: z.literal("forgotten"), hash: z.string().min(1) }),
  z.object({ kind: z.literal("end"), photographs: z.int(), faces: z.int() }).describe("missing in a truncated file"),
]);
export type ExportRecord = z.infer<typeof ExportRecord>;
export type ExportRecordOf<K extends ExportRecord["kind"]> = Extract<ExportRecord, { kind: K }>;
