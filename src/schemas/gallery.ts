/** Records of a gallery: photographs, the faces in them, people, and what a user has said about them. */
import * as z from "zod";
import { Quality } from "./face.ts";
import { Box, Landmarks } from "./geometry.ts";

/** What the faces of a gallery were embedded with; those of another identity do not compare. */
export const GalleryIdentity = z.object({
  model: z.string(),
  detector: z.string(),
  dimensions: z.int().positive(),
  codeScale: z.number().positive(),
  preprocessing: z.string().describe("sha256 over everything in the manifest that shapes an embedding"),
});
export type GalleryIdentity = z.infer<typeof GalleryIdentity>;

/** A photograph, known by its content; the same content may lie at several paths. */
export const Photograph = z.object({
  id: z.int(),
  hash: z.string().describe("sha256 of the file"),
  width: z.int(),
  height: z.int(),
  paths: z.array(z.string()),
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
  code: z.instanceof(Int8Array),
  person: z.int().nullable(),
  assignedBy: AssignedBy.nullable(),
});
export type GalleryFace = Omit<z.infer<typeof GalleryFace>, "code"> & { code: Int8Array };

/** A face before it has a place in a gallery. */
export type NewFace = Pick<GalleryFace, "box" | "landmarks" | "quality" | "code">;

export const Person = z.object({
  id: z.int(),
  name: z.string().nullable(),
  faces: z.int(),
  photographs: z.int(),
});
export type Person = z.infer<typeof Person>;

/** What is remembered of a file on disk, so that it need not be read again while it has not changed. */
export type KnownFile = {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** the photograph it holds, or why it could not be read */
  readonly photograph: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly missing: boolean;
};

/** Two faces that a user has said are, or are not, one person. Kept for ever, whatever clustering does. */
export type Link = { readonly a: number; readonly b: number; readonly kind: "must" | "cannot" };

/** A face that a user has said is not this person. */
export type Rejection = { readonly face: number; readonly person: number };

export const GalleryStatistics = z.object({
  photographs: z.int(),
  files: z.int(),
  missingFiles: z.int(),
  failedFiles: z.int(),
  faces: z.int(),
  people: z.int(),
  namedPeople: z.int(),
  unassignedFaces: z.int(),
});
export type GalleryStatistics = z.infer<typeof GalleryStatistics>;
