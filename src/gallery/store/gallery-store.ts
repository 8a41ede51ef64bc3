/**
 * Storage interface of a gallery, with two engines (SQLite, PostgreSQL); both pass `test/gallery/store-conformance.ts`. Each call
 * is one transaction, atomic even if the process is killed.
 */

import type { CalibrationNote, GalleryCalibration } from "../../schemas/calibration.ts";
import type {
  Change,
  ComparableFace,
  Correction,
  CorrectionRecord,
  FaceFloor,
  GalleryFace,
  GalleryIdentity,
  GalleryStatistics,
  KnownFile,
  Link,
  NewFace,
  Person,
  Photograph,
  Rejection,
  Undecided,
} from "../../schemas/gallery.ts";

/** A file that was read: identity, path and faces. */
export type ReadFile = {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** of the bytes that identify the photograph */
  readonly hash: string;
  /** of this file's bytes, if its metadata was edited since; default `hash` */
  readonly fileHash?: string | undefined;
  /** of the decoded pixels, independent of metadata; null if not hashed */
  readonly pixels?: string | null;
  readonly width: number;
  readonly height: number;
  readonly takenAt: string | null;
  readonly faces: readonly NewFace[];
  /** limits used in detection; default: the options' defaults */
  readonly floor?: FaceFloor;
  /** Identity of the embedding model; rejected if the gallery has migrated to another model since. */
  readonly identity?: GalleryIdentity;
};

export type RecordedFile = {
  readonly photograph: number;
  readonly added: boolean;
  readonly known: boolean;
  readonly faces: readonly number[];
};

/** A photograph without files, whose faces may be matched in another. */
export type GonePhotograph = Pick<ReadFile, "hash" | "pixels" | "width" | "height" | "takenAt" | "faces"> & {
  readonly lastPath: string | null;
};

export type UnreadableFile = Pick<ReadFile, "path" | "bytes" | "modifiedMs"> & {
  readonly code: string;
  readonly message: string;
};

/** Selects faces; all fields must match. */
export type FaceFilter = {
  /** null: unassigned */
  readonly person?: number | null | undefined;
  readonly photograph?: number | undefined;
  readonly ids?: readonly number[] | undefined;
  /** only larger ids: the next page */
  readonly after?: number | undefined;
  /** in a photograph in this folder or its sub-folders */
  readonly folder?: string | undefined;
  /** in a photograph taken at or after this local time: 2019, 2019-07, 2019-07-14, 2019-07-14T12:33 */
  readonly takenFrom?: string | undefined;
  /** in a photograph taken at or before this time; the given year, month, day or minute is included */
  readonly takenTo?: string | undefined;
  /** assigned to a person, or not */
  readonly assigned?: boolean | undefined;
  /** of acceptable quality, or not */
  readonly acceptable?: boolean | undefined;
  /** ignored, or not */
  readonly ignored?: boolean | undefined;
  /** with an embedding, or without */
  readonly embedded?: boolean | undefined;
  /** of a named person, or not */
  readonly named?: boolean | undefined;
};

/** Author of a change: system user, or name of the API key. */
export type Author = { readonly by?: string | null | undefined };

/** Changes in several transactions that {@link GalleryStore.undo} undoes as one step. */
export type OpenStep = {
  /** @returns the person created, changed or kept */
  correct(correction: Correction): Promise<number | null>;
  regroup(groups: readonly Regrouping[]): Promise<void>;
};

/** Data compared to match a photograph with another version of it. */
export type Look = Pick<Photograph, "width" | "height" | "takenAt"> & {
  readonly photograph: number;
  readonly faces: readonly Pick<GalleryFace, "id" | "box" | "landmarks" | "code">[];
};

/** A missing photograph with at least one face that has statements. */
export type GoneLook = Look & {
  /** faces with statements; the others help to recognise the photograph */
  readonly stated: ReadonlySet<number>;
  /** compared with all photographs up to this number */
  readonly sought: number;
  /** photographs up to this number existed beside it at the last full indexing run: more likely separate shots */
  readonly settled: number;
  /** the photograph now at its last path */
  readonly replacedBy: number | null;
};

/** A face with statements whose photograph is missing. */
export type UnplacedFace = {
  readonly face: number;
  readonly photograph: number;
  /** last path of the photograph */
  readonly path: string | null;
  /** another picture is there now */
  readonly replaced: boolean;
  readonly person: number | null;
  readonly name: string | null;
};

/** @property corrections changes that can no longer be undone or redone */
export type Forgotten = { readonly faces: number; readonly corrections: number };

/** @property conflicts old paths left unchanged, because another photograph is at the new one */
export type Relocated = { readonly files: number; readonly conflicts: readonly string[] };

/** Position of a missing photograph's face in the new version: that of a detected face, or the given box. */
export type Placement = Pick<GalleryFace, "box" | "landmarks"> & { readonly face: number; readonly onto: number | null };

/** A batch of faces for searching, as parallel arrays. */
export type CodePortion = {
  readonly ids: readonly number[];
  /** [n * dimensions] */
  readonly codes: Int8Array;
  readonly photographs: readonly number[];
  readonly people: readonly (number | null)[];
};

/** People and photographs of a batch of faces, as parallel arrays. */
export type OwnerPortion = Pick<CodePortion, "ids" | "photographs" | "people">;

/** Search result. */
export type FoundFace = {
  readonly id: number;
  /** squared L2 of the normalised codes, 0 to 4 */
  readonly distance: number;
  readonly photograph: number;
  readonly person: number | null;
};

/** A database's approximate index of embeddings. Distances of the faces found are exact. */
export type HnswIndex = {
  /** Approximate number of faces. */
  size(): Promise<number>;
  /** Nearest first. @param options.k maximum number of faces */
  nearest(probe: Int8Array, options: { readonly k: number; readonly filter?: FaceFilter | undefined }): Promise<FoundFace[]>;
};

/** A face with the date of its photograph. */
export type DatedFace = {
  readonly face: GalleryFace;
  /** EXIF, local time */
  readonly takenAt: string | null;
  /** the first of the photograph's files; null if all are gone */
  readonly path: string | null;
};

/** A photograph in a list. */
export type DatedPhotograph = Pick<Photograph, "id" | "width" | "height" | "takenAt"> & {
  readonly path: string | null;
  readonly faces: number;
};

/** @property month 2019-07 */
export type MonthCount = { readonly month: string; readonly faces: number };

/** Result of clustering: faces whose person changes. */
export type Regrouping = {
  readonly faces: readonly number[];
  /** an existing person, null for nobody, or "new" for a new person */
  readonly person: number | null | "new";
};

/** A photograph embedded again. A face detected again also has a position. */
export type MigratedPhotograph = {
  readonly photograph: number;
  readonly faces: readonly (Pick<ComparableFace, "id" | "code"> &
    Pick<NewFace, "vector"> & { readonly place?: FacePlace | undefined })[];
  /** new faces */
  readonly found: readonly NewFace[];
};
export type FacePlace = Pick<NewFace, "box" | "landmarks" | "quality">;

/** A face's codes of the old and the new model. */
export type MigratedPair = Pick<GalleryFace, "id" | "photograph" | "person"> & {
  readonly before: Int8Array;
  readonly after: Int8Array;
};

/** Progress of a migration. */
export type Migration = { readonly identity: GalleryIdentity; readonly done: number; readonly left: number };

export type GalleryStore = {
  /** Path or address, without a password; for messages. */
  readonly name: string;

  /** Models that the faces were embedded with; undefined for a gallery never written to. */
  identity(): Promise<GalleryIdentity | undefined>;
  /**
   * Sets the identity of a gallery before faces are added.
   *
   * @throws FaceNetError GALLERY_MODEL_MISMATCH, GALLERY_DETECTOR_MISMATCH if it has another identity
   */
  adopt(identity: GalleryIdentity): Promise<void>;
  /** Checks that embeddings can be compared, whatever the detector. @throws FaceNetError GALLERY_MODEL_MISMATCH */
  requireModel(identity: Pick<GalleryIdentity, "model" | "preprocessing">): Promise<void>;
  /** Thresholds measured on the gallery's own people; undefined if there are none or the gallery has migrated since. */
  calibration(): Promise<GalleryCalibration | undefined>;
  /** Replaces them; null removes them. */
  keepCalibration(calibration: GalleryCalibration | null): Promise<void>;
  /** State of automatic calibration. */
  calibrationNote(): Promise<CalibrationNote>;
  noteCalibration(note: CalibrationNote): Promise<void>;
  /** Changes with every change to the gallery, by any process. */
  revision(): Promise<string>;

  knownFile(path: string): Promise<KnownFile | undefined>;
  /** Files in a folder and its sub-folders, including missing ones, sorted by path. */
  knownFiles(folder: string): AsyncIterable<KnownFile>;
  /**
   * Replaces a folder's prefix in all paths after the files were moved. A path is left unchanged if the gallery has another
   * photograph at the new one.
   *
   * @param move.there new paths of existing files, which are no longer marked as missing
   */
  relocate(move: { readonly from: string; readonly to: string; readonly there: readonly string[] }): Promise<Relocated>;
  /** Sorted paths in a folder and its sub-folders, or all, without missing files; streamed. */
  knownPaths(folder?: string): AsyncIterable<string>;
  failedFiles(): Promise<KnownFile[]>;
  /** By the hash of one of its files. */
  photographByHash(hash: string): Promise<Photograph | undefined>;
  photographByPixels(pixels: string): Promise<Photograph | undefined>;
  photograph(id: number): Promise<Photograph | undefined>;
  /** Hash of its decoded pixels; null if not hashed. */
  pixelsOf(photograph: number): Promise<string | null>;
  /**
   * Missing photographs that have faces with statements (a person, a rejection, a link, ignored, drawn) and have not been
   * compared with the newest photographs yet.
   */
  goneLooks(): Promise<GoneLook[]>;
  /** Faces of missing photographs with user statements or a named person, newest first. */
  unplaced(limit?: number): Promise<UnplacedFace[]>;
  /** A photograph that is on disk. */
  presentLook(photograph: number): Promise<Look | undefined>;
  /**
   * Moves faces of a missing photograph, with their numbers and statements, to another version of it. The missing photograph is
   * removed with its last face.
   *
   * @returns number of faces moved; 0 if the photographs have changed in the meantime
   */
  moveFaces(move: { readonly from: number; readonly to: number; readonly placements: readonly Placement[] }): Promise<number>;
  /** Records that missing photographs were compared with all existing ones. */
  markSought(photographs: readonly number[]): Promise<void>;
  /** Records a full indexing run: the new version of a photograph that disappears from now on is among those added later. */
  markSettled(): Promise<void>;
  /** Ordered by id; streamed. */
  photographs(after?: number): AsyncIterable<Photograph>;
  /**
   * Records a file. A photograph known by its content or pixels gets another path and no second set of faces; its missing paths
   * are removed, because it has moved. The photograph formerly at the path is kept as missing if its faces have statements and it
   * has no other file.
   *
   * @returns added: the photograph is new; known: it was already at this path, such as by another process
   */
  recordFile(file: ReadFile): Promise<RecordedFile>;
  /**
   * Merges a repeated detection into a known photograph. A face at the position of a known one is that face; others are added;
   * known ones below the limits are removed unless they were drawn, or they or their person have statements.
   */
  lookAgain(look: {
    readonly photograph: number;
    /** undefined: only remove faces below the limits */
    readonly faces?: readonly NewFace[];
    readonly floor: FaceFloor;
    readonly identity: GalleryIdentity;
  }): Promise<{ readonly added: number; readonly removed: number }>;
  /** Records a photograph without a file, if its content is not known yet. @returns its number */
  recordGone(photograph: GonePhotograph): Promise<Pick<RecordedFile, "photograph" | "added">>;
  recordFailure(file: UnreadableFile): Promise<void>;
  /**
   * Marks files as missing from disk. Their photographs and faces are kept until they are forgotten. Paths of photographs that
   * have other files, and unreadable files, are removed.
   */
  markMissing(paths: readonly string[]): Promise<void>;

  /**
   * Adds a face drawn by hand and its name as one step of the journal.
   *
   * @throws FaceNetError NOT_FOUND for an unknown photograph
   */
  addDrawnFace(
    photograph: number,
    face: NewFace,
    options?: Author & { readonly name?: string | null },
  ): Promise<{ readonly face: number; readonly done: CorrectionRecord }>;
  /** Faces ordered by id, at most `atMost`; streamed. */
  faces(filter: FaceFilter & { readonly embedded: true }, atMost?: number): AsyncIterable<ComparableFace>;
  faces(filter?: FaceFilter, atMost?: number): AsyncIterable<GalleryFace>;
  face(id: number): Promise<GalleryFace | undefined>;
  /** The same faces as {@link faces}, latest photograph first, undated ones last. */
  datedFaces(filter: FaceFilter, page: { readonly offset: number; readonly limit: number }): Promise<DatedFace[]>;
  /** Photographs, latest first, undated ones last. */
  datedPhotographs(page: { readonly offset: number; readonly limit: number }): Promise<DatedPhotograph[]>;
  /** Number of faces by month, latest first. */
  facesByMonth(filter: FaceFilter): Promise<MonthCount[]>;
  /** The same faces as {@link faces}, with only the fields needed for searching. */
  codes(filter?: FaceFilter): AsyncIterable<CodePortion>;
  /** The same for all faces without codes: the fields that can change for a face with a known code. */
  owners(): AsyncIterable<OwnerPortion>;
  /** Present if the database has one; `openFaceSearch` works with or without. */
  readonly hnswIndex?: HnswIndex | undefined;

  people(): Promise<Person[]>;
  /** Name of each person, null if unnamed; much faster than {@link people}, which counts faces. */
  names(): Promise<Map<number, string | null>>;
  person(id: number): Promise<Person | undefined>;
  /** Each person's cover: the chosen face, else the largest acceptable one of their first faces, else the largest. */
  covers(people: readonly number[]): Promise<ReadonlyMap<number, number>>;
  personByName(name: string): Promise<Person | undefined>;
  /** One step of the journal. @throws FaceNetError PERSON_NOT_FOUND, PERSON_NAME_TAKEN, FACE_UNKNOWN */
  correct(correction: Correction, author?: Author): Promise<CorrectionRecord>;
  /** A step of several transactions; it appears in the journal with its first change. */
  openStep(change: Change, author?: Author): OpenStep;
  /**
   * Undoes the last change that has not been undone; undefined if there is none.
   *
   * @param only expected number of the change; undefined is returned if another is the last
   * @throws FaceNetError PERSON_NAME_TAKEN
   */
  undo(only?: number): Promise<CorrectionRecord | undefined>;
  /**
   * Redoes the last undone change; a new change clears the redo history.
   *
   * @param only expected number of the change
   * @throws FaceNetError PERSON_NAME_TAKEN
   */
  redo(only?: number): Promise<CorrectionRecord | undefined>;
  /** Changes that can be undone, last first. @param options.undone changes that can be redone, next first */
  corrections(limit: number, options?: { readonly undone?: boolean }): Promise<CorrectionRecord[]>;
  /**
   * Applies the result of clustering, except to faces assigned or ignored by a user, and removes people left without name and
   * faces: one step of the journal.
   *
   * @returns undefined if nothing changed
   */
  regroup(groups: readonly Regrouping[], options?: Author & { readonly reset?: boolean }): Promise<CorrectionRecord | undefined>;
  links(): Promise<Link[]>;
  rejections(): Promise<Rejection[]>;
  undecided(): Promise<Undecided[]>;

  /**
   * Removes a photograph and its faces, including from the journal and from free pages. Only its hash is kept, so that indexing
   * skips it; {@link recordFile} adds it again.
   *
   * @param options.mayReturn do not keep the hash either
   * @param options.dryRun only counts
   */
  forgetPhotograph(id: number, options?: { readonly mayReturn?: boolean; readonly dryRun?: boolean }): Promise<Forgotten>;
  /** Whether a photograph with this content was forgotten. @param hash of a file, or of its pixels */
  isForgotten(hash: string): Promise<boolean>;
  forgottenHashes(): Promise<string[]>;
  /** Marks content as forgotten, except photographs in the gallery. */
  rememberForgotten(hashes: readonly string[]): Promise<void>;
  /** Removes missing photographs, including from the journal. They are added again when their files return. */
  prune(photographs: readonly number[]): Promise<Forgotten & { readonly photographs: number }>;
  /** Removes a person and all their faces, including from the journal. @param options.dryRun only counts */
  forgetPerson(id: number, options?: { readonly dryRun?: boolean }): Promise<Forgotten>;

  /** The current migration. */
  migration(): Promise<Migration | undefined>;
  /** Starts or resumes a migration. @throws FaceNetError GALLERY_MIGRATING if there is another one */
  startMigration(identity: GalleryIdentity): Promise<Migration>;
  /** Photographs with faces not yet embedded with the new model, ordered by id. */
  unmigratedPhotographs(after: number, limit: number): Promise<number[]>;
  /** Stores a photograph's new embeddings, positions and faces. */
  recordMigrated(migrated: MigratedPhotograph): Promise<void>;
  /** Faces that have both the old code and a new one, ordered by id. */
  migratedPairs(atMost: number): Promise<MigratedPair[]>;
  /** Replaces the old codes with the new ones. @throws FaceNetError GALLERY_MIGRATING if faces are left */
  finishMigration(): Promise<void>;
  /** Cancels the migration; the gallery stays as it was. */
  abandonMigration(): Promise<void>;

  statistics(): Promise<GalleryStatistics>;
  /** Problems found in the gallery; empty if it is intact. */
  check(): Promise<string[]>;
  /**
   * Writes a copy to a file while others read and write.
   *
   * @throws FaceNetError OPTION_INVALID if the engine has its own backup tools
   */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
};
