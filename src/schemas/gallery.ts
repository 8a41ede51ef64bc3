/** Records of a gallery: photographs, faces, people and users' corrections. */
import * as z from "zod";
import { Box, Landmarks, Quality } from "./face.ts";
import { PersonName } from "./person-name.ts";

/** The models a gallery's faces were embedded with; embeddings of different identities cannot be compared. */
export const GalleryIdentity = z.object({
  model: z.string(),
  detector: z.string(),
  dimensions: z.int().positive(),
  codeScale: z.number().positive(),
  preprocessing: z.string().describe("sha256 of all manifest fields that affect an embedding"),
  finding: z
    .string()
    .optional()
    .describe(
      "sha256 of detector, landmarks and decoding: how faces are detected and cropped; absent in galleries of version 0.1",
    ),
});
export type GalleryIdentity = z.infer<typeof GalleryIdentity>;

/** A photograph, identified by its content; the same content may exist at several paths. */
export const Photograph = z.object({
  id: z.int(),
  hash: z.string().describe("sha256 of the file"),
  width: z.int(),
  height: z.int(),
  takenAt: z.string().nullable().describe("capture time from EXIF, local time: 2019-07-14T12:33:05"),
  paths: z.array(z.string()).describe("current or last known paths"),
  gone: z.boolean().describe("no longer on disk: removed, moved out of the indexed folders, or replaced by another picture"),
});
export type Photograph = z.infer<typeof Photograph>;

/** Who assigned a face to its person. */
export const AssignedBy = z.enum(["user", "cluster"]);
export type AssignedBy = z.infer<typeof AssignedBy>;

export const GalleryFace = z.object({
  id: z.int(),
  photograph: z.int(),
  box: Box,
  landmarks: Landmarks,
  quality: Quality,
  code: z.instanceof(Int8Array).nullable().describe("the embedding, one byte per dimension; null if the face has none"),
  vector: z.instanceof(Float32Array).nullable().describe("the full embedding, if indexed with full vectors"),
  person: z.int().nullable(),
  assignedBy: AssignedBy.nullable(),
  drawn: z.boolean().describe("drawn by hand, not detected"),
  embedded: z.boolean().describe("its code is an embedding; false for a drawn face in which no landmarks were found"),
  ignored: z.boolean().describe("excluded from people, clustering and search: a stranger, or not a face"),
  notAFace: z.boolean().describe("ignored because it is not a face"),
});
export type GalleryFace = Omit<z.infer<typeof GalleryFace>, "code" | "vector"> & {
  code: Int8Array | null;
  vector: Float32Array | null;
};

/** A face with an embedding, which can be compared. */
export type ComparableFace = GalleryFace & { code: Int8Array };

/** A face to be added to a gallery. */
export type NewFace = Pick<ComparableFace, "box" | "landmarks" | "quality" | "code"> &
  Partial<Pick<GalleryFace, "drawn" | "embedded">> & { readonly vector?: Float32Array | null };

export const Person = z.object({
  id: z.int(),
  name: z.string().nullable(),
  faces: z.int(),
  photographs: z.int(),
  hidden: z.boolean().describe("left out of lists of people, but still used in clustering and identification"),
  cover: z.int().nullable().describe("the face chosen to represent the person; null if none was chosen"),
});
export type Person = z.infer<typeof Person>;

/** Detection limits: smallest side of a face's box in pixels of the photograph, and lowest detector confidence. */
export type FaceFloor = { readonly minFaceSize: number; readonly minConfidence: number };

/** Record of a file on disk, so that an unchanged file need not be read again. */
export type KnownFile = {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** of its bytes; null if it was not read, or was read by a version that did not store hashes */
  readonly hash: string | null;
  /** the photograph it contains; null if it could not be read */
  readonly photograph: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly missing: boolean;
  /** limits used in detection on its photograph */
  readonly floor: FaceFloor | null;
};

/** A user's constraint: two faces are, or are not, one person. Permanent; clustering respects it. */
export const Link = z.object({ a: z.int(), b: z.int(), kind: z.enum(["must", "cannot"]) });
export type Link = Readonly<z.infer<typeof Link>>;

/** A user's constraint: the face is not this person. */
export const Rejection = z.object({ face: z.int(), person: z.int() });
export type Rejection = Readonly<z.infer<typeof Rejection>>;

/** A question the user answered with "not sure": whether an unnamed group, or a face, is this person. */
export const Undecided = z.object({
  person: z.int(),
  group: z.int().nullable(),
  face: z.int().nullable(),
  faces: z.int().describe("number of faces both had when the question was asked"),
});
export type Undecided = Readonly<z.infer<typeof Undecided>>;

const faceIds = z.array(z.int());

/** A user's correction. Atomic, takes precedence over clustering, and can be undone. */
export const Correction = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("create"), name: PersonName.nullable(), faces: faceIds }).describe("a new person with these faces"),
  z.object({ kind: z.literal("name"), person: z.int(), name: PersonName.nullable() }),
  z
    .object({ kind: z.literal("assign"), faces: faceIds, person: z.int().nullable() })
    .describe("null: unassigned, and available to clustering"),
  z.object({ kind: z.literal("reject"), faces: faceIds, person: z.int() }).describe("not this person, permanently"),
  z
    .object({ kind: z.literal("merge"), into: z.int(), from: z.int() })
    .refine(({ into, from }) => into !== from, { path: ["from"], error: "must be another person than into" })
    .describe("the two are one person"),
  z.object({ kind: z.literal("split"), person: z.int(), faces: faceIds }).describe("these faces belong to another person"),
  z.object({ kind: z.literal("link"), links: z.array(Link) }).describe("pairs of faces that are, or are not, one person"),
  z
    .object({ kind: z.literal("enroll"), name: PersonName, faces: faceIds.min(1) })
    .describe("these faces are the person with this name, who is created if needed"),
  z
    .object({ kind: z.literal("ignore"), faces: faceIds.min(1), as: z.enum(["stranger", "no face"]).nullable() })
    .describe("unassigned, and excluded from clustering and search; null: no longer ignored"),
  z
    .object({ kind: z.literal("hide"), person: z.int(), hidden: z.boolean() })
    .describe("hides a person from lists, or shows them again"),
  z
    .object({ kind: z.literal("cover"), person: z.int(), face: z.int().nullable() })
    .describe("the face that represents the person; null: the largest acceptable face"),
  z
    .object({ kind: z.literal("undecided"), person: z.int(), group: z.int().optional(), face: z.int().optional() })
    .refine(({ group, face }) => (group === undefined) !== (face === undefined), { path: ["face"], error: "or group is needed" })
    .refine(({ group, person }) => group !== person, { path: ["group"], error: "must be another person" })
    .describe("it is not certain whether an unnamed group, or a face, is this person: asked again when there are more faces"),
]);
export type Correction = z.infer<typeof Correction>;

/** Any change to people: a correction, a run of clustering, an import. Each is one step of the gallery's journal. */
export const Change = z
  .discriminatedUnion("kind", [
    ...Correction.options,
    z
      .object({ kind: z.literal("draw"), faces: faceIds, name: PersonName.nullable() })
      .describe("a face drawn by hand, assigned to the person with this name"),
    z
      .object({ kind: z.literal("cluster"), faces: z.int(), newPeople: z.int(), reset: z.boolean() })
      .describe("a run of clustering; reset: the results of earlier runs were discarded first"),
    z
      .object({ kind: z.literal("import"), file: z.string() })
      .describe("people imported from another gallery, or enrolled from a folder tree"),
  ])
  .meta({ id: "Change" });
export type Change = z.infer<typeof Change>;

/** A journal entry. */
export const CorrectionRecord = z
  .object({
    id: z.int(),
    at: z.string().describe("ISO 8601, UTC"),
    by: z.string().nullable().describe("system user, or name of the API key; null if unknown"),
    correction: Change,
    person: z.int().nullable().describe("the person created, changed or kept"),
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
  unassignedFaces: z.int().describe("unassigned, without ignored faces"),
  ignoredFaces: z.int(),
  corrections: z.int().describe("number that can be undone"),
  undone: z.int().describe("number that can be redone"),
  forgottenPhotographs: z.int().describe("skipped by indexing"),
});
export type GalleryStatistics = z.infer<typeof GalleryStatistics>;
