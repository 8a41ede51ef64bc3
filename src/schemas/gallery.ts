/** Records of a gallery: photographs, the faces in them, people, and what a user has said about them. */
import * as z from "zod";
import { Box, Landmarks, Quality } from "./face.ts";
import { PersonName } from "./person-name.ts";

/** What the faces of a gallery were embedded with; those of another identity do not compare. */
export const GalleryIdentity = z.object({
  model: z.string(),
  detector: z.string(),
  dimensions: z.int().positive(),
  codeScale: z.number().positive(),
  preprocessing: z.string().describe("sha256 over everything in the manifest that shapes an embedding"),
  finding: z
    .string()
    .optional()
    .describe(
      "sha256 over detector, landmarks and decoding: how faces are found and cut out; absent in galleries of version 0.1",
    ),
});
export type GalleryIdentity = z.infer<typeof GalleryIdentity>;

/** A photograph, known by its content; the same content may lie at several paths. */
export const Photograph = z.object({
  id: z.int(),
  hash: z.string().describe("sha256 of the file"),
  width: z.int(),
  height: z.int(),
  takenAt: z.string().nullable().describe("when it was taken by its EXIF, local time: 2019-07-14T12:33:05"),
  paths: z.array(z.string()).describe("where it lies, or lay last"),
  gone: z
    .boolean()
    .describe("no file on disk holds it: removed, moved out of the indexed folders, or replaced by another picture"),
});
export type Photograph = z.infer<typeof Photograph>;

/** How a face came to its person. */
export const AssignedBy = z.enum(["user", "cluster"]);
export type AssignedBy = z.infer<typeof AssignedBy>;

export const GalleryFace = z.object({
  id: z.int(),
  photograph: z.int(),
  box: Box,
  landmarks: Landmarks,
  quality: Quality,
  code: z.instanceof(Int8Array).nullable().describe("the embedding, one byte a dimension; null where it is not embedded"),
  vector: z.instanceof(Float32Array).nullable().describe("the embedding in full, where it was asked to be kept"),
  person: z.int().nullable(),
  assignedBy: AssignedBy.nullable(),
  drawn: z.boolean().describe("drawn by hand, not detected"),
  embedded: z.boolean().describe("its code is an embedding; false for a drawn face that shows too little"),
  ignored: z.boolean().describe("left out of people, clustering and search: a stranger, or no face"),
  notAFace: z.boolean().describe("ignored because it shows no face"),
});
export type GalleryFace = Omit<z.infer<typeof GalleryFace>, "code" | "vector"> & {
  code: Int8Array | null;
  vector: Float32Array | null;
};

/** A face with an embedding: only such are compared. */
export type ComparableFace = GalleryFace & { code: Int8Array };

/** A face before it has a place in a gallery. */
export type NewFace = Pick<ComparableFace, "box" | "landmarks" | "quality" | "code"> &
  Partial<Pick<GalleryFace, "drawn" | "embedded">> & { readonly vector?: Float32Array | null };

export const Person = z.object({
  id: z.int(),
  name: z.string().nullable(),
  faces: z.int(),
  photographs: z.int(),
  hidden: z.boolean().describe("left out of lists of people; clustering and identification go on knowing them"),
  cover: z.int().nullable().describe("the face that was chosen to show for them; null: none was"),
});
export type Person = z.infer<typeof Person>;

/** The least that a face had to be to be found: side of its box in pixels of the photograph, and the detector's confidence. */
export type FaceFloor = { readonly minFaceSize: number; readonly minConfidence: number };

/** What is remembered of a file on disk, so that it need not be read again while it has not changed. */
export type KnownFile = {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** of its bytes; null: it was not read, or by a version that did not keep it */
  readonly hash: string | null;
  /** the photograph it holds, or why it could not be read */
  readonly photograph: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly missing: boolean;
  /** with which its photograph was looked at */
  readonly floor: FaceFloor | null;
};

/** Two faces that a user has said are, or are not, one person. Kept for ever, whatever clustering does. */
export const Link = z.object({ a: z.int(), b: z.int(), kind: z.enum(["must", "cannot"]) });
export type Link = Readonly<z.infer<typeof Link>>;

/** A face that a user has said is not this person. */
export const Rejection = z.object({ face: z.int(), person: z.int() });
export type Rejection = Readonly<z.infer<typeof Rejection>>;

/** A question that a user could not answer: whether a group of faces without a name, or a face, is this person. */
export const Undecided = z.object({
  person: z.int(),
  group: z.int().nullable(),
  face: z.int().nullable(),
  faces: z.int().describe("how many faces both had when it was asked"),
});
export type Undecided = Readonly<z.infer<typeof Undecided>>;

const faceIds = z.array(z.int());

/** What a user says of people. Each is done whole or not at all, stands against clustering, and can be taken back. */
export const Correction = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("create"), name: PersonName.nullable(), faces: faceIds }).describe("a new person with these faces"),
  z.object({ kind: z.literal("name"), person: z.int(), name: PersonName.nullable() }),
  z
    .object({ kind: z.literal("assign"), faces: faceIds, person: z.int().nullable() })
    .describe("null: nobody's, and free for clustering"),
  z.object({ kind: z.literal("reject"), faces: faceIds, person: z.int() }).describe("not this person, for ever"),
  z
    .object({ kind: z.literal("merge"), into: z.int(), from: z.int() })
    .refine(({ into, from }) => into !== from, { path: ["from"], error: "must be another person than into" })
    .describe("the two are one person"),
  z.object({ kind: z.literal("split"), person: z.int(), faces: faceIds }).describe("these of their faces are another person"),
  z.object({ kind: z.literal("link"), links: z.array(Link) }).describe("pairs of faces that are, or are not, one person"),
  z
    .object({ kind: z.literal("enroll"), name: PersonName, faces: faceIds.min(1) })
    .describe("these faces are the person with this name, who is made where there is none"),
  z
    .object({ kind: z.literal("ignore"), faces: faceIds.min(1), as: z.enum(["stranger", "no face"]).nullable() })
    .describe("nobody's, and left out of clustering and search; null: no longer ignored"),
  z.object({ kind: z.literal("hide"), person: z.int(), hidden: z.boolean() }).describe("leaves a person out of lists, or not"),
  z
    .object({ kind: z.literal("cover"), person: z.int(), face: z.int().nullable() })
    .describe("the face of theirs to show for a person; null: the largest that nothing speaks against"),
  z
    .object({ kind: z.literal("undecided"), person: z.int(), group: z.int().optional(), face: z.int().optional() })
    .refine(({ group, face }) => (group === undefined) !== (face === undefined), { path: ["face"], error: "or group is needed" })
    .refine(({ group, person }) => group !== person, { path: ["group"], error: "must be another person" })
    .describe(
      "whether a group of faces without a name, or a face, is this person cannot be told: not asked until more faces come",
    ),
]);
export type Correction = z.infer<typeof Correction>;

/** Every change to people: what a user has said, a run of clustering, an import. Each is one step of the gallery's journal. */
export const Change = z
  .discriminatedUnion("kind", [
    ...Correction.options,
    z
      .object({ kind: z.literal("draw"), faces: faceIds, name: PersonName.nullable() })
      .describe("a face drawn by hand, of the person with this name"),
    z
      .object({ kind: z.literal("cluster"), faces: z.int(), newPeople: z.int(), reset: z.boolean() })
      .describe("a run of clustering; reset: everything that earlier runs had found was dropped first"),
    z
      .object({ kind: z.literal("import"), file: z.string() })
      .describe("people brought in with another gallery, or enrolled from a tree of folders"),
  ])
  .meta({ id: "Change" });
export type Change = z.infer<typeof Change>;

/** A change as the gallery's journal keeps it. */
export const CorrectionRecord = z
  .object({
    id: z.int(),
    at: z.string().describe("ISO 8601, UTC"),
    by: z.string().nullable().describe("user of the machine, or name of the API key; null where it is not known"),
    correction: Change,
    person: z.int().nullable().describe("the person it made, changed or kept"),
  })
  .meta({ id: "CorrectionRecord" });
export type CorrectionRecord = z.infer<typeof CorrectionRecord>;

/** Counts of a gallery. */
export const GalleryStatistics = z.object({
  photographs: z.int(),
  files: z.int(),
  missingFiles: z.int(),
  failedFiles: z.int(),
  faces: z.int(),
  people: z.int(),
  namedPeople: z.int(),
  unassignedFaces: z.int().describe("of nobody, without those that are ignored"),
  ignoredFaces: z.int(),
  corrections: z.int().describe("that can be taken back"),
  undone: z.int().describe("taken back, that can be done again"),
  forgottenPhotographs: z.int().describe("that indexing passes over"),
});
export type GalleryStatistics = z.infer<typeof GalleryStatistics>;
